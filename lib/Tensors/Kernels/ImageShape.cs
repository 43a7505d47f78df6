namespace Fgsm.Tensors.Kernels;

/// <summary>The shape of images in memory: <c>[N, C, pixels]</c>, or <c>[N, pixels, C]</c> with the channels last.</summary>
internal readonly record struct ImageShape(int Images, int Channels, int Pixels, bool ChannelsLast);
