"""One ONNX model behind FastAPI, for uvicorn: JSON by orjson at /json, the tensor's bytes at /binary."""

import os

import numpy
import onnxruntime
import orjson
from fastapi import FastAPI, Request, Response

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(os.environ["BENCH_MODEL"], options)
feature = session.get_inputs()[0]
shape = [-1, *feature.shape[1:]]
dtype = numpy.dtype({"tensor(float)": "<f4", "tensor(int64)": "<i8"}[feature.type])

app = FastAPI()


@app.get("/ready")
async def ready() -> dict:
    return {"ready": True}


# Not in the thread pool: an inference of this model is shorter than the way there, and each worker has its processor.
@app.post("/json")
async def predict_json(request: Request) -> Response:
    body = orjson.loads(await request.body())
    (output,) = session.run(None, {feature.name: numpy.asarray(body["inputs"], dtype)})
    return Response(orjson.dumps({"outputs": output}, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")


@app.post("/binary")
async def predict_binary(request: Request) -> Response:
    tensor = numpy.frombuffer(await request.body(), dtype).reshape(shape)
    (output,) = session.run(None, {feature.name: tensor})
    return Response(output.tobytes(), media_type="application/octet-stream")
