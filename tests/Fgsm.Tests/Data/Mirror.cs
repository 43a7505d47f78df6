namespace Fgsm.Tests;

/// <summary>A web server that answers as a test wants.</summary>
internal sealed class Mirror(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
{
    public int Requests { get; private set; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests++;
        return Task.FromResult(answer(request));
    }
}
