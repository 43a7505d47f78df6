// The formatters and the console belong to the process: one session at a time has them.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
