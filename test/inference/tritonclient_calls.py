"""Every call of tritonclient's HTTP clients against running servers.

Arguments: address of a server that loads models by itself, address of one that loads them explicitly, the token of the
latter. The last line of the output is a JSON object: by the test's name an empty text, or the trace of its failure.
"""

import asyncio
import json
import sys
import unittest
import urllib.error
import urllib.request

import ml_dtypes
import numpy
import tritonclient.http as http
import tritonclient.http.aio as http_aio
from tritonclient.utils import InferenceServerException

automatic, explicit, token = sys.argv[1:4]

# Two rows of two for each datatype, with the ends of its range.
VALUES = {
    "BOOL": numpy.array([[True, False], [False, True]]),
    "UINT8": numpy.array([[0, 255], [1, 2]], numpy.uint8),
    "UINT16": numpy.array([[0, 65535], [1, 2]], numpy.uint16),
    "UINT32": numpy.array([[0, 2**32 - 1], [1, 2]], numpy.uint32),
    "UINT64": numpy.array([[0, 2**64 - 1], [2**53 + 1, 2]], numpy.uint64),
    "INT8": numpy.array([[-128, 127], [1, 2]], numpy.int8),
    "INT16": numpy.array([[-32768, 32767], [1, 2]], numpy.int16),
    "INT32": numpy.array([[-(2**31), 2**31 - 1], [1, 2]], numpy.int32),
    "INT64": numpy.array([[-(2**63), 2**63 - 1], [2**53 + 1, 2]], numpy.int64),
    "FP16": numpy.array([[-1.5, 65504], [0.1, 2]], numpy.float16),
    "FP32": numpy.array([[-0.1, 3.4e38], [1e-45, 2]], numpy.float32),
    "FP64": numpy.array([[-0.1, 1.7e308], [5e-324, 2]], numpy.float64),
    "BYTES": numpy.array([[b"", "äöü 😀".encode()], [b"a\nb", b'"']], numpy.object_),
}


def tensor(values, datatype="FP32", name="x", binary=True):
    result = http.InferInput(name, list(values.shape), datatype)
    return result.set_data_from_numpy(values, binary_data=binary)


def row(first=1, second=2, binary=True):
    return tensor(numpy.array([[first, second]], numpy.float32), binary=binary)


def rows(count):
    return numpy.arange(2 * count, dtype=numpy.float32).reshape(count, 2)


class Calls(unittest.TestCase):
    def setUp(self):
        self.client = http.InferenceServerClient(automatic, concurrency=4)
        self.addCleanup(self.client.close)

    def refused(self, status, text, call, *args, **kwargs):
        with self.assertRaises(InferenceServerException) as caught:
            call(*args, **kwargs)
        self.assertEqual(caught.exception.status(), str(status))
        self.assertIn(text, caught.exception.message())

    def test_is_server_live_and_ready(self):
        self.assertTrue(self.client.is_server_live())
        self.assertTrue(self.client.is_server_ready(query_params={"a": 1}))

    def test_is_model_ready(self):
        self.assertTrue(self.client.is_model_ready("scale"))
        self.assertTrue(self.client.is_model_ready("scale", "1"))
        self.assertFalse(self.client.is_model_ready("scale", "3"))
        self.assertFalse(self.client.is_model_ready("nothing"))

    def test_get_server_metadata(self):
        metadata = self.client.get_server_metadata()
        self.assertEqual((metadata["name"], metadata["version"]), ("skyloom", "1.2.3"))
        for extension in ("binary_tensor_data", "classification", "model_configuration", "model_repository"):
            self.assertIn(extension, metadata["extensions"])
        self.assertIn("schedule_policy", metadata["extensions"])
        self.assertIn("statistics", metadata["extensions"])
        self.assertFalse([name for name in metadata["extensions"] if "memory" in name or "trace" in name])

    def test_get_model_metadata(self):
        for version in ("", "1"):
            metadata = self.client.get_model_metadata("scale", version)
            self.assertEqual(metadata["versions"], ["1", "2"])
            self.assertEqual(metadata["inputs"], [{"name": "x", "datatype": "FP32", "shape": [-1, 2]}])
        self.refused(404, '"nothing"', self.client.get_model_metadata, "nothing")
        self.refused(404, "no version 3", self.client.get_model_metadata, "scale", "3")

    def test_get_model_config(self):
        for version in ("", "1"):
            config = self.client.get_model_config("scale", version)
            self.assertEqual(config["backend"], "onnxruntime")
            self.assertEqual(config["input"], [{"name": "x", "data_type": "TYPE_FP32", "dims": [-1, 2]}])
        self.refused(404, '"nothing"', self.client.get_model_config, "nothing")

    def test_repository_index_load_and_unload(self):
        def state():
            entries = self.client.get_model_repository_index()
            return {entry["name"]: entry["state"] for entry in entries}["identity-INT8"]

        self.client.load_model("identity-INT8")
        self.assertEqual(state(), "READY")
        self.client.unload_model("identity-INT8", unload_dependents=True)
        self.assertEqual(state(), "UNAVAILABLE")
        self.assertFalse(self.client.is_model_ready("identity-INT8"))
        self.client.load_model("identity-INT8")
        self.assertTrue(self.client.is_model_ready("identity-INT8"))
        self.refused(404, '"nothing"', self.client.load_model, "nothing")
        self.refused(404, '"nothing"', self.client.unload_model, "nothing")
        self.refused(501, "config", self.client.load_model, "scale", config="{}")
        self.refused(501, "file:1/model.onnx", self.client.load_model, "scale", files={"file:1/model.onnx": b"x"})

    def test_explicit_model_control(self):
        headers = {"Authorization": f"Bearer {token}"}
        with http.InferenceServerClient(explicit) as client:
            self.refused(401, "token", client.get_server_metadata)
            self.assertFalse(client.is_model_ready("scale", headers=headers))
            self.refused(503, "not loaded", client.infer, "scale", [row()], headers=headers)
            client.load_model("scale", headers=headers)
            self.assertTrue(client.is_model_ready("scale", headers=headers))
            result = client.infer("scale", [row()], headers=headers)
            numpy.testing.assert_array_equal(result.as_numpy("y"), [[2, 4]])
            client.unload_model("scale", headers=headers)
            self.assertFalse(client.is_model_ready("scale", headers=headers))

    def test_ensemble(self):
        result = self.client.infer("ensemble", [row()])
        numpy.testing.assert_array_equal(result.as_numpy("y"), [[5, 10]])
        self.assertEqual(self.client.get_model_metadata("ensemble")["platform"], "ensemble")
        steps = self.client.get_model_config("ensemble")["ensemble_scheduling"]["step"]
        self.assertEqual([step["model_name"] for step in steps], ["sum", "double", "triple"])
        headers = {"Authorization": f"Bearer {token}"}
        with http.InferenceServerClient(explicit) as client:
            client.load_model("ensemble", headers=headers)
            self.assertTrue(client.is_model_ready("triple", headers=headers))
            client.unload_model("ensemble", headers=headers, unload_dependents=True)
            self.assertFalse(client.is_model_ready("triple", headers=headers))

    def test_get_inference_statistics(self):
        self.client.infer("scale", [tensor(rows(3))], model_version="1")

        def only(*args):
            return self.client.get_inference_statistics(*args)["model_stats"]

        (before,) = only("scale", "1")
        self.client.infer("scale", [tensor(rows(3))], model_version="1")
        (after,) = only("scale", "1")
        self.assertEqual(after["inference_count"] - before["inference_count"], 3)
        self.assertEqual(after["execution_count"] - before["execution_count"], 1)
        self.assertGreater(after["inference_stats"]["compute_infer"]["ns"], before["inference_stats"]["compute_infer"]["ns"])
        self.assertIn(3, [batch["batch_size"] for batch in after["batch_stats"]])
        self.assertIn("1", [entry["version"] for entry in only("scale")])
        self.assertIn("scale", [entry["name"] for entry in only()])
        self.refused(404, '"nothing"', self.client.get_inference_statistics, "nothing")

    def test_infer_every_datatype_binary_and_json_in_and_out(self):
        for datatype, values in VALUES.items():
            for binary_input in (True, False):
                for binary_output in (True, False):
                    with self.subTest(datatype=datatype, input=binary_input, output=binary_output):
                        result = self.client.infer(
                            f"identity-{datatype}",
                            [tensor(values, datatype, binary=binary_input)],
                            outputs=[http.InferRequestedOutput("y", binary_data=binary_output)],
                        )
                        found = result.as_numpy("y")
                        if datatype == "BYTES" and not binary_output:
                            found = numpy.array([text.encode() for text in found.flatten()], numpy.object_).reshape(2, 2)
                        numpy.testing.assert_array_equal(found, values)
                        self.assertEqual("data" in result.get_output("y"), not binary_output)

    def test_infer_without_outputs_answers_with_all_in_binary_form(self):
        result = self.client.infer("classifier", [row()])
        self.assertEqual([output["name"] for output in result.get_response()["outputs"]], ["scores", "sum"])
        numpy.testing.assert_array_equal(result.as_numpy("scores"), [[1, 2, -3]])
        numpy.testing.assert_array_equal(result.as_numpy("sum"), [[3]])
        self.assertEqual(result.get_output("scores")["parameters"]["labels"], ["second"])
        self.assertNotIn("data", result.get_output("sum"))
        self.assertIsNone(result.as_numpy("nothing"))

    def test_infer_with_mixed_outputs(self):
        outputs = [http.InferRequestedOutput("sum"), http.InferRequestedOutput("scores", binary_data=False)]
        result = self.client.infer("classifier", [row(binary=False)], outputs=outputs)
        numpy.testing.assert_array_equal(result.as_numpy("sum"), [[3]])
        self.assertEqual(result.get_output("scores")["data"], [1, 2, -3])

    def test_infer_with_version_and_request_id(self):
        result = self.client.infer("scale", [row()], model_version="1", request_id="request 7")
        response = result.get_response()
        self.assertEqual((response["id"], response["model_name"], response["model_version"]), ("request 7", "scale", "1"))
        numpy.testing.assert_array_equal(result.as_numpy("y"), [[1, 2]])
        self.assertNotIn("id", self.client.infer("scale", [row()]).get_response())

    def test_infer_with_nan_and_infinity(self):
        values = numpy.array([[numpy.nan, -numpy.inf]], numpy.float32)
        for binary in (True, False):
            output = http.InferRequestedOutput("y", binary_data=binary)
            result = self.client.infer("identity-FP32", [tensor(values)], outputs=[output])
            numpy.testing.assert_array_equal(result.as_numpy("y"), values)

    def test_infer_compressed_both_ways(self):
        values = rows(5000)
        for request in (None, "gzip", "deflate"):
            for response in (None, "gzip", "deflate"):
                for binary in (True, False):
                    with self.subTest(request=request, response=response, binary=binary):
                        result = self.client.infer(
                            "scale",
                            [tensor(values, binary=binary)],
                            outputs=[http.InferRequestedOutput("y", binary_data=binary)],
                            request_compression_algorithm=request,
                            response_compression_algorithm=response,
                        )
                        numpy.testing.assert_array_equal(result.as_numpy("y"), 2 * values)

    def test_infer_classification(self):
        for binary in (True, False):
            output = http.InferRequestedOutput("scores", binary_data=binary, class_count=2)
            result = self.client.infer("classifier", [row(0.5, 2)], outputs=[output])
            best = [text if isinstance(text, str) else text.decode() for text in result.as_numpy("scores")[0]]
            self.assertEqual(best, ["2:1:second", "0.5:0:first"])
        texts = tensor(VALUES["BYTES"], "BYTES")
        output = http.InferRequestedOutput("y", class_count=1)
        self.refused(400, "classification", self.client.infer, "identity-BYTES", [texts], outputs=[output])

    def test_infer_with_priority_timeout_and_parameters(self):
        result = self.client.infer("scale", [row()], priority=1, timeout=60_000_000, parameters={"mine": "x", "n": 1.5})
        numpy.testing.assert_array_equal(result.as_numpy("y"), [[2, 4]])
        self.refused(400, "parameters.priority", self.client.infer, "scale", [row()], priority=-1)
        self.refused(400, "parameters.timeout", self.client.infer, "scale", [row()], timeout=-1)

    def test_infer_beyond_its_timeout(self):
        def inputs(times):
            value = tensor(numpy.array([1], numpy.float32))
            return [value, tensor(numpy.array([times], numpy.int64), "INT64", "times")]

        self.client.infer("slow", inputs(1), timeout=60_000_000, priority=2)
        self.refused(504, "timeout", self.client.infer, "slow", inputs(30_000_000), timeout=2_000)
        result = self.client.infer("slow", inputs(1))
        numpy.testing.assert_array_equal(result.as_numpy("y"), [1])

    def test_answers_from_the_cache_are_counted_as_such(self):
        for _ in range(3):
            numpy.testing.assert_array_equal(self.client.infer("cached", [row()]).as_numpy("y"), [[3, 6]])
        (record,) = self.client.get_inference_statistics("cached")["model_stats"]
        self.assertEqual(record["inference_count"], 1)
        self.assertEqual(record["execution_count"], 1)
        self.assertEqual(record["inference_stats"]["success"]["count"], 3)
        self.assertEqual(record["inference_stats"]["cache_hit"]["count"], 2)
        self.assertEqual(record["inference_stats"]["cache_miss"]["count"], 1)

    def test_a_route_is_called_as_a_model_and_rewarded_by_the_request_id(self):
        self.assertTrue(self.client.is_model_ready("best"))
        self.assertEqual(self.client.get_model_metadata("best")["name"], "best")
        for request_id, more in (
            ("visit 1", {}),
            ('é "2"', {"request_compression_algorithm": "deflate"}),
            ("3", {"response_compression_algorithm": "gzip"}),
        ):
            result = self.client.infer("best", [tensor(rows(300))], request_id=request_id, **more)
            answer = result.get_response()
            factor = {"double": 2, "triple": 3}[answer["model_name"]]
            numpy.testing.assert_array_equal(result.as_numpy("y"), factor * rows(300))
            self.assertEqual(answer["id"], request_id)
            self.assertEqual(self.reward(request_id), (200, {"route": "best", "target": answer["model_name"]}))
            self.assertEqual(self.reward(answer["parameters"]["decision"])[0], 409)
        decision = self.client.infer("best", [row()]).get_response()["id"]
        self.assertEqual(self.reward(decision)[0], 200)

    def reward(self, request_id):
        body = json.dumps({"requestId": request_id, "reward": 1}).encode()
        try:
            with urllib.request.urlopen(f"http://{automatic}/v1/feedback", body) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def test_async_infer(self):
        requests = [self.client.async_infer("scale", [row(number, 0)], request_id=str(number)) for number in range(40)]
        for number, request in enumerate(requests):
            result = request.get_result()
            self.assertEqual(result.get_response()["id"], str(number))
            numpy.testing.assert_array_equal(result.as_numpy("y"), [[2 * number, 0]])
        failing = self.client.async_infer("nothing", [row()])
        self.refused(404, '"nothing"', failing.get_result)

    def test_generate_request_body_and_parse_response_body(self):
        body, json_length = http.InferenceServerClient.generate_request_body([row()])
        headers = {"Inference-Header-Content-Length": json_length}
        answer = self.client._post("v2/models/scale/infer", body, headers, None)
        result = http.InferenceServerClient.parse_response_body(
            answer.read(), header_length=int(answer.get("Inference-Header-Content-Length"))
        )
        numpy.testing.assert_array_equal(result.as_numpy("y"), [[2, 4]])

    def test_names_that_are_percent_encoded(self):
        self.refused(404, '"a b.ü"', self.client.infer, "a b.ü", [row()])

    def test_wrong_inputs_are_refused(self):
        infer = self.client.infer
        self.refused(404, '"nothing"', infer, "nothing", [row()])
        self.refused(404, "no version 9", infer, "scale", [row()], model_version="9")
        self.refused(400, "inputs[0].name", infer, "scale", [tensor(rows(1), name="z")])
        self.refused(400, "inputs[0].shape", infer, "scale", [tensor(rows(2).reshape(1, 4))])
        self.refused(400, "inputs[0].datatype", infer, "scale", [tensor(rows(1).astype(numpy.float64), "FP64")])
        self.refused(400, 'input "x" is missing', infer, "scale", [])
        self.refused(400, "given twice", infer, "scale", [row(), row()])
        unknown = [http.InferRequestedOutput("z")]
        self.refused(400, "outputs[0].name", infer, "scale", [row()], outputs=unknown)
        half = tensor(numpy.array([[1, 2]], ml_dtypes.bfloat16), "BF16")
        self.refused(400, "BF16", infer, "scale", [half])
        self.refused(400, "NaN", infer, "scale", [row(numpy.nan, 1, binary=False)])

    def test_texts_that_would_be_changed_are_refused(self):
        for text, why in ((b"a\0b", "NUL"), (b"\xff\xfe", "UTF-8")):
            values = numpy.array([[text, b"good"]], numpy.object_)
            self.refused(400, why, self.client.infer, "identity-BYTES", [tensor(values, "BYTES")])

    def test_shared_memory_is_refused(self):
        client = self.client
        shared = http.InferInput("x", [1, 2], "FP32")
        shared.set_shared_memory("region", 8)
        self.refused(400, "shared memory", client.infer, "scale", [shared])
        output = http.InferRequestedOutput("y")
        output.set_shared_memory("region", 8)
        self.refused(400, "shared memory", client.infer, "scale", [row()], outputs=[output])
        for call, *args in (
            (client.get_system_shared_memory_status,),
            (client.get_system_shared_memory_status, "region"),
            (client.register_system_shared_memory, "region", "/key", 8),
            (client.unregister_system_shared_memory,),
            (client.unregister_system_shared_memory, "region"),
            (client.get_cuda_shared_memory_status,),
            (client.register_cuda_shared_memory, "region", b"aGFuZGxl", 0, 8),
            (client.unregister_cuda_shared_memory, "region"),
        ):
            self.refused(501, "shared memory", call, *args)

    def test_trace_and_log_settings_are_refused(self):
        client = self.client
        self.refused(501, "trace", client.get_trace_settings)
        self.refused(501, "trace", client.get_trace_settings, "scale")
        self.refused(501, "trace", client.update_trace_settings, "scale", {"trace_rate": "1"})
        self.refused(501, "logging", client.get_log_settings)
        self.refused(501, "logging", client.update_log_settings, {"log_info": True})

    def test_the_asyncio_client(self):
        async def calls():
            async with http_aio.InferenceServerClient(automatic) as client:
                self.assertTrue(await client.is_server_ready())
                self.assertTrue(await client.is_model_ready("scale"))
                self.assertEqual((await client.get_model_config("scale"))["name"], "scale")
                self.assertTrue(await client.get_model_repository_index())
                self.assertTrue((await client.get_inference_statistics())["model_stats"])
                for algorithm in (None, "gzip", "deflate"):
                    results = await asyncio.gather(
                        *(
                            client.infer(
                                "scale",
                                [tensor(rows(400))],
                                request_compression_algorithm=algorithm,
                                response_compression_algorithm=algorithm,
                            )
                            for _ in range(8)
                        )
                    )
                    for result in results:
                        numpy.testing.assert_array_equal(result.as_numpy("y"), 2 * rows(400))
                with self.assertRaises(InferenceServerException):
                    await client.infer("nothing", [row()])

        asyncio.run(calls())


class Results(unittest.TextTestResult):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.by_name = {}

    def startTest(self, test):
        super().startTest(test)
        self.by_name[test._testMethodName] = ""

    def add(self, test, error):
        self.by_name[test._testMethodName] += self._exc_info_to_string(error, test)

    def addError(self, test, err):
        super().addError(test, err)
        self.add(test, err)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.add(test, err)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.by_name[test._testMethodName] += f"{subtest}\n{self._exc_info_to_string(err, test)}"


suite = unittest.defaultTestLoader.loadTestsFromTestCase(Calls)
results = unittest.TextTestRunner(resultclass=Results, stream=sys.stderr).run(suite)
print(json.dumps(results.by_name))
