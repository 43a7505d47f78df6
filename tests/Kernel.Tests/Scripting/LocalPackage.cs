using System.IO.Compression;

namespace Fgsm.Kernel.Tests.Scripting;

/// <summary>A package in a feed that is a folder, so that no network is needed; it holds an assembly of the test host under its own name.</summary>
internal static class LocalPackage
{
    /// <summary>Writes feed, package and nuget.config; the name of the assembly in it.</summary>
    /// <param name="isListed">Whether the nuget.config names the feed.</param>
    public static string Create(TemporaryFolder folder, bool isListed = true)
    {
        var feed = isListed ? $"<add key=\"local\" value=\"{folder.Path}/feed\" />" : "";
        folder.Write("nuget.config", $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="{folder.Path}/packages" /></config>
              <packageSources><clear />{feed}</packageSources>
            </configuration>
            """);
        Directory.CreateDirectory(Path.Combine(folder.Path, "feed"));
        using var package = ZipFile.Open(Path.Combine(folder.Path, "feed", "Kernel.Tests.Sample.1.2.3.nupkg"), ZipArchiveMode.Create);
        using (var spec = new StreamWriter(package.CreateEntry("Kernel.Tests.Sample.nuspec").Open()))
            spec.Write("<package><metadata><id>Kernel.Tests.Sample</id><version>1.2.3</version><authors>a</authors><description>d</description></metadata></package>");
        package.CreateEntryFromFile(typeof(Assert).Assembly.Location, "lib/net8.0/xunit.assert.dll");
        return "xunit.assert";
    }
}
