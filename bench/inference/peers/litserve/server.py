"""One ONNX model behind LitServe: JSON at /json, or the tensor's bytes at /binary."""

import os
from typing import Annotated

import litserve
import numpy
import onnxruntime
from fastapi import Body, Response


class OnnxApi(litserve.LitAPI):
    def setup(self, device):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(os.environ["BENCH_MODEL"], options)
        self.feature = self.session.get_inputs()[0]
        self.dtype = numpy.dtype({"tensor(float)": "<f4", "tensor(int64)": "<i8"}[self.feature.type])

    def decode_request(self, request):
        return numpy.asarray(request["inputs"], self.dtype)

    def predict(self, tensor):
        return self.session.run(None, {self.feature.name: tensor})[0]

    def encode_response(self, output):
        return {"outputs": output.tolist()}


class BinaryOnnxApi(OnnxApi):
    def decode_request(self, request: Annotated[bytes, Body(media_type="application/octet-stream")]):
        return numpy.frombuffer(request, self.dtype).reshape([-1, *self.feature.shape[1:]])

    def encode_response(self, output):
        return Response(output.tobytes(), media_type="application/octet-stream")


if __name__ == "__main__":
    encoding = os.environ["BENCH_ENCODING"]
    api = {"json": OnnxApi, "binary": BinaryOnnxApi}[encoding](api_path=f"/{encoding}")
    server = litserve.LitServer(
        api,
        accelerator="cpu",
        workers_per_device=int(os.environ["BENCH_WORKERS"]),
        fast_queue=True,
        timeout=False,
    )
    server.run(host="127.0.0.1", port=int(os.environ["BENCH_PORT"]), log_level="warning", generate_client_file=False)
