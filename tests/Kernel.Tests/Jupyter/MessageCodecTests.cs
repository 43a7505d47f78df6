using System.Text;
using Fgsm.Kernel.Jupyter;

namespace Fgsm.Kernel.Tests.Jupyter;

public sealed class MessageCodecTests
{
    [Theory]
    [InlineData("""{"code": "a\ud83d"}""", "a\uFFFD")]
    [InlineData("""{"code": "a", "code": "b\ud83d\ude42"}""", "b🙂")]
    [InlineData("""{"code": "c", "\udc00": 1}""", "c")]
    public void Decode_OfWhatPythonReads_GivesTheMessage(string content, string code) => Assert.Equal(code, Decode(content)?.Text("code"));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"code\": NaN}")]
    public void Decode_OfWhatIsNoMessage_GivesNone(string content) => Assert.Null(Decode(content));

    private static JupyterMessage? Decode(string content)
    {
        string[] frames = ["<IDS|MSG>", "", "{}", "{}", "{}", content];
        return new MessageCodec("").Decode([.. frames.Select(Encoding.UTF8.GetBytes)]);
    }
}
