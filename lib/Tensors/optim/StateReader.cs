namespace Fgsm.Tensors;

/// <summary>Takes values out of an optimiser's state dictionary, which may come from anywhere.</summary>
internal sealed class StateReader(string optimizer)
{
    public ArgumentException Error(string reason) => new($"{optimizer}.load_state_dict: {reason}");

    public T Get<T>(OrderedDictionary<object, object?> values, string name) =>
        values.GetValueOrDefault(name) is T value ? value : throw Error($"'{name}' is not there, or is no {Name(typeof(T))}");

    /// <summary>A number, whole or not, or a tensor of one, as PyTorch 2 may have it.</summary>
    public double Number(OrderedDictionary<object, object?> values, string name) => values.GetValueOrDefault(name) switch
    {
        long whole => whole,
        torch.Tensor { NumberOfElements: 1 } tensor => tensor.ToSingle(),
        _ => Get<double>(values, name),
    };

    /// <summary>Refuses an option that is on and that this engine does not have.</summary>
    public void RequireOff(OrderedDictionary<object, object?> values, string name)
    {
        if (values.GetValueOrDefault(name) is true)
            throw Error($"'{name}' is not supported");
    }

    /// <summary>A tensor of a parameter's shape, converted to its type; null when there is none.</summary>
    public torch.Tensor? Like(torch.Tensor parameter, OrderedDictionary<object, object?> values, string name)
    {
        if (values.GetValueOrDefault(name) is null)
            return null;
        var tensor = Get<torch.Tensor>(values, name);
        return tensor.Sizes.SequenceEqual(parameter.Sizes)
            ? tensor.to_type(parameter.dtype)
            : throw Error($"'{name}' has shape {Shape.Text(tensor.Sizes)}; the parameter has {Shape.Text(parameter.Sizes)}");
    }

    private static string Name(Type type) => type == typeof(double) ? "number" : type == typeof(bool) ? "truth value"
        : type == typeof(torch.Tensor) ? "tensor" : "list or dictionary";
}
