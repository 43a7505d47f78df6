// torch.manual_seed sets the one generator of the process, and every op uses all cores already.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
