using System.CommandLine;
using Fgsm.Kernel.Install;
using Fgsm.Kernel.Jupyter;

var prefix = new Option<string?>("--prefix") { Description = "Install under <prefix>/share/jupyter instead of the user's folder." };
var name = new Option<string>("--name") { Description = "The name of the kernelspec.", DefaultValueFactory = _ => KernelSpec.DefaultName };
var replace = new Option<bool>("--replace") { Description = "Replace a kernelspec of that name that another program installed." };
var noCompile = new Option<bool>("--no-compile") { Description = "Install the kernel as it is here: at once, but it starts more slowly than one compiled ahead of time." };
var connectionFile = new Argument<string>("connection-file") { Description = "The file that the Jupyter client wrote." };

var install = new Command("install", "Publish the kernel and tell Jupyter and VS Code of it.") { prefix, name, replace, noCompile };
install.SetAction(parsed => Console.WriteLine(KernelInstaller.Install(
    parsed.GetValue(prefix), parsed.GetValue(name)!, parsed.GetValue(replace), parsed.GetValue(noCompile) ? null : Console.WriteLine)));
var uninstall = new Command("uninstall", "Remove the kernel again.") { prefix, name };
uninstall.SetAction(parsed => Console.WriteLine(KernelInstaller.Uninstall(parsed.GetValue(prefix), parsed.GetValue(name)!)));
var list = new Command("list", "List the kernelspecs that Jupyter sees.") { prefix };
list.SetAction(parsed => KernelInstaller.List(parsed.GetValue(prefix)).ToList().ForEach(Console.WriteLine));
var run = new Command("run", "Serve a Jupyter client; called by the client.") { connectionFile };
run.SetAction((parsed, _) => KernelProcess.RunAsync(parsed.GetValue(connectionFile)!));

try
{
    return await new RootCommand("A C# kernel for Jupyter notebooks.") { install, uninstall, list, run }
        .Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (NotebookException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
