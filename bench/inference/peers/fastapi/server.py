"""One ONNX model behind FastAPI, for uvicorn: JSON at /json, unchecked at /json-raw, the tensor's bytes at /binary."""

import os
from typing import Annotated

import numpy
import onnxruntime
import orjson
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, Field

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(os.environ["BENCH_MODEL"], options)
feature = session.get_inputs()[0]
shape = [-1, *feature.shape[1:]]
dtype, element = {"tensor(float)": ("<f4", float), "tensor(int64)": ("<i8", int)}[feature.type]


def nested(inner: list[int]) -> type:
    """The type of rows within rows, each as long as the model takes them."""
    if not inner:
        return element
    return Annotated[list[nested(inner[1:])], Field(min_length=inner[0], max_length=inner[0])]


class InferRequest(BaseModel):
    inputs: Annotated[list[nested(shape[1:])], Field(min_length=1)]


class InferResponse(BaseModel):
    outputs: list[list[float]]


app = FastAPI()


@app.get("/ready")
async def ready() -> dict:
    return {"ready": True}


# Not in the thread pool: an inference of this model is shorter than the way there, and each worker has its processor.
@app.post("/json")
async def predict_json(body: InferRequest) -> InferResponse:
    (output,) = session.run(None, {feature.name: numpy.asarray(body.inputs, dtype)})
    return InferResponse(outputs=output.tolist())


@app.post("/json-raw")
async def predict_json_raw(request: Request) -> Response:
    body = orjson.loads(await request.body())
    (output,) = session.run(None, {feature.name: numpy.asarray(body["inputs"], dtype)})
    return Response(orjson.dumps({"outputs": output}, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")


@app.post("/binary")
async def predict_binary(request: Request) -> Response:
    tensor = numpy.frombuffer(await request.body(), dtype).reshape(shape)
    (output,) = session.run(None, {feature.name: tensor})
    return Response(output.tobytes(), media_type="application/octet-stream")
