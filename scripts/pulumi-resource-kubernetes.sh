#!/bin/sh
# Stand-in for Pulumi's Kubernetes provider, used only where the official one cannot be downloaded. Set-up copies it
# into Pulumi's plugin cache; the engine starts it in the program's folder.
folder=$PWD
while [ "$folder" != / ] && [ ! -f "$folder/simulator/kubernetes-api/main.ts" ]; do folder=$(dirname "$folder"); done
# For a program outside of the project: the one that installed this file.
[ "$folder" = / ] && folder='@PROJECT@'
if [ ! -x "$folder/node_modules/.bin/node" ]; then
  echo "the stand-in for the Kubernetes provider needs the project in $folder: run npm ci there" >&2
  exit 1
fi
exec "$folder/node_modules/.bin/node" --disable-warning=ExperimentalWarning "$folder/simulator/kubernetes-api/main.ts" "$@"
