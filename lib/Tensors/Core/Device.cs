namespace Fgsm.Tensors;

public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
}

public static partial class torch
{
    public static readonly Device CPU = new(DeviceType.CPU);

    /// <summary>The device with this name, for instance <c>"cpu"</c> or <c>"cuda:0"</c>.</summary>
    /// <exception cref="ArgumentException">The name is not a device.</exception>
    public static Device device(string name) => new(name);

    public static class cuda
    {
        /// <summary>Always false: this engine runs on the CPU.</summary>
        public static bool is_available() => false;
    }

    /// <summary>Where a tensor lives. This engine has the CPU only; moving a tensor elsewhere throws.</summary>
    public sealed class Device
    {
        public DeviceType type { get; }
        public int index { get; }

        public Device(DeviceType type, int index = -1) => (this.type, this.index) = (type, index);

        public Device(string name)
        {
            var parts = name.Split(':');
            if (parts.Length > 2 || !Enum.TryParse(parts[0], ignoreCase: true, out DeviceType parsed)
                || (parts.Length == 2 && !int.TryParse(parts[1], out _)))
                throw new ArgumentException($"device: '{name}' is not a device; expected cpu, cuda or cuda:N");
            type = parsed;
            index = parts.Length == 2 ? int.Parse(parts[1]) : -1;
        }

        public override string ToString() => (type + (index < 0 ? "" : ":" + index)).ToLowerInvariant();

        internal static void RequireCpu(string op, DeviceType type)
        {
            if (type != DeviceType.CPU)
                throw new NotSupportedException(
                    $"{op}: device {type.ToString().ToLowerInvariant()} is not supported by the embedded engine; expected cpu");
        }
    }
}
