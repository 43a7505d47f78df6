using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Fgsm.Training;

/// <summary>
/// What determines a training, as text: two trainings with the same key give the same bits. It is taken from the things themselves, so
/// nothing can be forgotten: the code of the library and the engine, every module's type and options, the weights to begin with, the optimiser's state,
/// the generator's (and so the seed), the data, how it is augmented, the objective, the batch size and the schedule.
/// </summary>
internal static class TrainingKey
{
    private const int DigestedAtOnce = 1000;

    public static string Of(nn.Module model, optim.Optimizer optimizer, TensorSet data, Augmentation? augmentation, Objective objective,
        int batchSize, IEnumerable<double> schedule, string settings)
    {
        using var scope = NewDisposeScope();
        return FormattableString.Invariant($"""
            code: {Code}
            model: {Digest(Modules(model))}
            weights: {Digest(model.state_dict())}
            frozen: {Digest(model.named_parameters().Where(p => !p.parameter.requires_grad).Select(p => p.name))}
            optimizer: {optimizer.GetType().Name} {Digest(PyTorchFile.State(optimizer))}
            generator: {Digest(random.get_rng_state())}
            data: {data.Count} images {Digest(data.Batches(DigestedAtOnce, null, "", default).Select(batch => new[] { batch.Pixels, batch.Labels }))}
            augmentation: {(augmentation is null ? "none" : Digest(Options(augmentation)))}
            objective: {Digest(Own(objective))}
            batch size: {batchSize}
            schedule: {Digest(schedule)}
            settings: {settings}
            """);
    }

    /// <summary>The code of the library and the engine.</summary>
    internal static string Code => $"{typeof(TrainingKey).Module.ModuleVersionId} {typeof(nn).Module.ModuleVersionId}";

    /// <summary>Every module's name, type and options.</summary>
    internal static IEnumerable<object?[]> Modules(nn.Module model) =>
        model.named_modules().Prepend(("", model)).Select(m => new object?[] { m.Item1, Own(m.Item2) });

    /// <summary>A digest of tensors, numbers and texts, alone or in lists and dictionaries.</summary>
    internal static string Digest(object? value)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, value);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    private static void Append(IncrementalHash hash, object? value)
    {
        switch (value)
        {
            case Tensor tensor:
                Append(hash, FormattableString.Invariant($"{tensor.dtype} [{string.Join(' ', tensor.shape)}]"));
                hash.AppendData(tensor.cpu().contiguous().bytes);
                break;
            case string text: hash.AppendData(Encoding.UTF8.GetBytes(FormattableString.Invariant($"{text.Length}:{text};"))); break;
            case IDictionary dictionary:
                foreach (DictionaryEntry entry in dictionary)
                    Append(hash, new[] { entry.Key, entry.Value });
                break;
            case IEnumerable items:
                Append(hash, "[");
                foreach (var item in items)
                    Append(hash, item);
                Append(hash, "]");
                break;
            default: Append(hash, Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""); break;
        }
    }

    /// <summary>
    /// An object's kind and options. The code of a class in a notebook's cell is another in each run of the notebook, so a training
    /// with it is done again.
    /// </summary>
    internal static List<object?> Own(object value) => [CodeOf(value.GetType()), value.GetType().FullName, .. Options(value)];

    private static string CodeOf(MemberInfo member) => $"{member.Module.ModuleVersionId}";

    /// <summary>An object's fields by name: numbers, texts and tensors, alone or several, and the options of this library's own objects in them.</summary>
    private static List<object?> Options(object value) => [.. Fields(value.GetType())
        .OrderBy(f => f.Name, StringComparer.Ordinal)
        .Select(f => (f.Name, Value: Option(f.GetValue(value), value is nn.Module)))
        .Where(f => f.Value is not null)
        .SelectMany(f => new[] { f.Name, f.Value })];

    // What nn.Module itself keeps is the engine's; a layer's options are the layer's.
    private static IEnumerable<FieldInfo> Fields(Type? type) => type is null || type == typeof(nn.Module) ? []
        : type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Concat(Fields(type.BaseType));

    // A module in a module is among its named modules; one in an attack is told whole.
    private static object? Option(object? value, bool ofModule = false) => value switch
    {
        AttackLoss loss => new object?[] { CodeOf(loss.Method), loss.Method.Name, loss.Target is { } captured ? Options(captured) : null },
        AdversarialAttack or Objective => Own(value),
        nn.Module module when !ofModule => Modules(module).Cast<object?>().Append(module.state_dict()).ToList(),
        null or nn.Module or Parameter or Delegate => null,
        string or Tensor => value,
        IConvertible => value,
        ITuple tuple => Enumerable.Range(0, tuple.Length).Select(i => Option(tuple[i], ofModule)).ToList(),
        IEnumerable items => items.Cast<object?>().Select(item => Option(item, ofModule)).ToList(),
        _ when value.GetType().Assembly == typeof(TrainingKey).Assembly => Options(value).Prepend(value.GetType().Name).ToList(),
        _ => null,
    };
}
