using System.Runtime.CompilerServices;
using Fgsm.Data;

namespace Fgsm.Tests;

/// <summary>A test on images of ImageNet, which cannot be downloaded: skipped where they are not found, with CI=true too.</summary>
public sealed class ImageNetTheoryAttribute([CallerMemberName] string test = "") : ReasonedTheoryAttribute(Engine.Problem ?? Missing, test)
{
    private static string? Missing
    {
        get
        {
            try
            {
                DataSet.ImageNet();
                return null;
            }
            catch (DataException e) when (e.IsMissing)
            {
                return e.Message;
            }
        }
    }
}
