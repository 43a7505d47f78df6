using System.Runtime.InteropServices;

namespace Fgsm.Benchmarks.Onnx;

/// <summary>Report B's CNN as an ONNX file. The fields' numbers are onnx.proto's, https://github.com/onnx/onnx.</summary>
internal static class OnnxModel
{
    private const int Opset = 13, Float = 1, Integer = 2, Integers = 7;

    /// <summary>In eval mode, where dropout does nothing: from "images" <c>[N, 1, 28, 28]</c> to "logits" <c>[N, 10]</c>.</summary>
    public static byte[] Of(nn.Module reportB)
    {
        var graph = new ProtoWriter().Text(2, "report-b");
        Node("Conv", ["images", "conv1.weight", "conv1.bias"], "conv1", ("pads", [2, 2, 2, 2]));
        Node("Relu", ["conv1"], "relu1");
        Node("MaxPool", ["relu1"], "pool1", ("kernel_shape", [2, 2]), ("strides", [2, 2]));
        Node("Conv", ["pool1", "conv2.weight", "conv2.bias"], "conv2", ("pads", [2, 2, 2, 2]));
        Node("Relu", ["conv2"], "relu2");
        Node("MaxPool", ["relu2"], "pool2", ("kernel_shape", [2, 2]), ("strides", [2, 2]));
        Node("Flatten", ["pool2"], "flatten");
        Node("Gemm", ["flatten", "fc1.weight", "fc1.bias"], "fc1", ("transB", [1]));
        Node("Relu", ["fc1"], "relu3");
        Node("Gemm", ["relu3", "fc2.weight", "fc2.bias"], "logits", ("transB", [1]));
        foreach (var (name, weight) in reportB.named_parameters())
            graph.Message(5, Tensor(name, weight));
        graph.Message(11, Value("images", 1, 28, 28)).Message(12, Value("logits", 10));
        return new ProtoWriter().Number(1, 7).Message(7, graph).Message(8, new ProtoWriter().Number(2, Opset)).ToArray();

        void Node(string op, string[] inputs, string output, params (string Name, int[] Values)[] attributes)
        {
            var node = new ProtoWriter();
            foreach (var input in inputs)
                node.Text(1, input);
            node.Text(2, output).Text(4, op);
            foreach (var (name, values) in attributes)
                node.Message(5, Attribute(name, values));
            graph.Message(1, node);
        }
    }

    /// <summary>A single number is an integer, several are a list.</summary>
    private static ProtoWriter Attribute(string name, int[] values)
    {
        var attribute = new ProtoWriter().Text(1, name).Number(20, values.Length == 1 ? Integer : Integers);
        foreach (var value in values)
            attribute.Number(values.Length == 1 ? 3 : 8, value);
        return attribute;
    }

    private static ProtoWriter Tensor(string name, Tensor values)
    {
        var tensor = new ProtoWriter();
        foreach (var size in values.shape)
            tensor.Number(1, size);
        return tensor.Number(2, Float).Text(8, name).Bytes(9, MemoryMarshal.AsBytes<float>(values.data<float>().ToArray()));
    }

    /// <summary>An input or output of the graph; the first dimension, N, is free.</summary>
    private static ProtoWriter Value(string name, params int[] sizes)
    {
        var shape = new ProtoWriter().Message(1, new ProtoWriter().Text(2, "N"));
        foreach (var size in sizes)
            shape.Message(1, new ProtoWriter().Number(1, size));
        var type = new ProtoWriter().Message(1, new ProtoWriter().Number(1, Float).Message(2, shape));
        return new ProtoWriter().Text(1, name).Message(2, type);
    }
}
