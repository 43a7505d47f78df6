using static Fgsm.Tensors.torch;

namespace Fgsm.Tensors.Autograd;

/// <summary>The gradient with respect to one input, from the gradient with respect to the output and the saved tensors.</summary>
internal delegate Tensor Gradient(Tensor gradient, Tensor[] saved);

/// <summary>
/// One value of the gradient graph: a leaf that wants a gradient, or the result of an op with, for each input, the function
/// that computes the input's gradient. A function that nobody asks for is never called.
/// </summary>
internal sealed class Node
{
    private static long created;

    private readonly (Node Input, Gradient Gradient)[] edges;
    private readonly int[] versions;
    private Tensor[]? saved;

    /// <summary>Later values have higher numbers, so descending order is a valid order for the backward pass.</summary>
    public long Number { get; } = Interlocked.Increment(ref created);
    public string Op { get; }
    public long[] Shape { get; }
    public bool IsLeaf => edges.Length == 0;
    public Tensor? Grad { get; set; }

    private Node(string op, long[] shape, (Node, Gradient)[] edges, Tensor[] saved)
    {
        (Op, Shape, this.edges, this.saved) = (op, shape, edges, saved);
        versions = Array.ConvertAll(saved, s => s.Version);
    }

    public static Node Leaf(Tensor tensor) => new("leaf", tensor.shape, [], []);

    /// <summary>
    /// Notes how <paramref name="output"/> was made, when gradients are on and an input wants one. The tensors in
    /// <paramref name="saved"/> stay alive for the backward pass even if the caller disposes them.
    /// </summary>
    public static Tensor Record(string op, Tensor output, Tensor[] saved, params ReadOnlySpan<(Tensor Input, Gradient Gradient)> inputs)
    {
        if (!GradMode.Enabled)
            return output;
        var edges = new List<(Node, Gradient)>(inputs.Length);
        foreach (var (input, gradient) in inputs)
            if (input.node is { } node)
                edges.Add((node, gradient));
        if (edges.Count > 0)
            output.node = new Node(op, output.shape, [.. edges], Array.ConvertAll(saved, s => new Tensor(s, 0, s.shape)));
        return output;
    }

    /// <summary>Every value that this one depends on, itself included, latest first.</summary>
    public static List<Node> Ancestors(IEnumerable<Node> outputs)
    {
        var found = new HashSet<Node>();
        var pending = new Stack<Node>(outputs);
        while (pending.TryPop(out var node))
            if (found.Add(node))
                foreach (var (input, _) in node.edges)
                    pending.Push(input);
        return [.. found.OrderByDescending(node => node.Number)];
    }

    public bool DependsOnAny(HashSet<Node> nodes) => edges.Any(e => nodes.Contains(e.Input));

    /// <summary>Sends a gradient on to those inputs that are <paramref name="wanted"/>.</summary>
    public void Backward(Tensor gradient, HashSet<Node> wanted, Action<Node, Tensor> send)
    {
        if (saved is null)
            throw new InvalidOperationException(
                $"backward: the graph of {Op} was already used and freed; pass retain_graph: true to the first call");
        for (var i = 0; i < saved.Length; i++)
            if (saved[i].Version != versions[i])
                throw new InvalidOperationException(
                    $"backward: a tensor of shape {Tensors.Shape.Text(saved[i].Sizes)} that {Op} needs for its gradient "
                    + "was changed in place after it was used");
        foreach (var (input, function) in edges)
            if (wanted.Contains(input))
                send(input, function(gradient, saved));
    }

    /// <summary>Frees the saved tensors once they are no longer needed.</summary>
    public void Release()
    {
        if (IsLeaf || saved is null)
            return;
        foreach (var tensor in saved)
            tensor.Dispose();
        saved = null;
    }
}
