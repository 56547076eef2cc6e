// Stands in for Microsoft Entra ID: exchanges a federated token for an access token. What the federated token says
// decides what comes: `expired` gets an access token that the services refuse, `revoked` gets none. A token is for the
// resource that the client asks it for.
import { createServer } from "node:https";

const tenant = "00000000-0000-0000-0000-000000007e4a";

export async function startAccessTokens({ cert, key }) {
  let url = "";
  const server = createServer({ cert, key }, async (request, response) => {
    const { pathname } = new URL(request.url ?? "/", url);
    const answer = pathname.endsWith("/openid-configuration")
      ? { status: 200, content: configuration(url) }
      : pathname === `/${tenant}/oauth2/v2.0/token`
        ? exchange(new URLSearchParams(await textOf(request)))
        : { status: 404, content: { error: "not_found" } };
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(JSON.stringify(answer.content));
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  url = `https://127.0.0.1:${server.address().port}/`;
  return {
    url,
    tenant,
    stop: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

function configuration(url) {
  return {
    issuer: `${url}${tenant}/v2.0`,
    authorization_endpoint: `${url}${tenant}/oauth2/v2.0/authorize`,
    token_endpoint: `${url}${tenant}/oauth2/v2.0/token`,
    jwks_uri: `${url}${tenant}/discovery/v2.0/keys`,
  };
}

function exchange(form) {
  const assertion = form.get("client_assertion");
  if (assertion === "revoked")
    return {
      status: 400,
      content: { error: "invalid_client", error_description: "AADSTS700016: the application was not found" },
    };
  const resource = form
    .get("scope")
    ?.split(" ")
    .find((scope) => scope.endsWith("/.default"));
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    aud: resource?.replace(/\/\.default$/, ""),
    iss: `https://sts.windows.net/${tenant}/`,
    iat: now - 7200,
    nbf: now - 7200,
    exp: assertion === "expired" ? now - 3600 : now + 86_400,
  };
  const part = (content) => Buffer.from(JSON.stringify(content)).toString("base64url");
  return {
    status: 200,
    content: {
      token_type: "Bearer",
      expires_in: 3600,
      access_token: `${part({ alg: "none", typ: "JWT" })}.${part(claims)}.`,
    },
  };
}

async function textOf(request) {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}
