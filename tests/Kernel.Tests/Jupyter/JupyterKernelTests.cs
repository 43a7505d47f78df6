using System.Text;
using System.Text.Json.Nodes;

namespace Fgsm.Kernel.Tests.Jupyter;

public sealed class JupyterKernelTests : IDisposable
{
    private readonly JupyterClient _client = new();

    public void Dispose() => _client.Dispose();

    private static IEnumerable<string> Types(List<(string Type, JsonObject Content)> messages) =>
        messages.Select(m => m.Type == "status" ? m.Content["execution_state"]!.ToString() : m.Type);

    [Fact]
    public void KernelInfo_NamesProtocolAndLanguage()
    {
        var (reply, iopub) = _client.Request("kernel_info_request", []);
        Assert.Equal(("ok", "5.3", "C#"), (reply["status"]!.ToString(), reply["protocol_version"]!.ToString(), reply["language_info"]!["name"]!.ToString()));
        Assert.Equal(["busy", "idle"], Types(iopub));
    }

    [Fact]
    public void Execute_PublishesInOrder_BusyInputOutputsResultIdle()
    {
        var (reply, iopub) = _client.Execute("Console.Write(\"out\"); Console.Error.Write(\"err\"); var d = display(1); d.Update(2);\n5");
        Assert.Equal(["busy", "execute_input", "stream", "stream", "display_data", "update_display_data", "execute_result", "idle"], Types(iopub));
        Assert.Equal("ok", reply["status"]!.ToString());
        Assert.Equal(1, reply["execution_count"]!.GetValue<int>());
        Assert.Equal("out", iopub[2].Content["text"]!.ToString());
        Assert.Equal("stderr", iopub[3].Content["name"]!.ToString());
        Assert.Equal(iopub[4].Content["transient"]!["display_id"]!.ToString(), iopub[5].Content["transient"]!["display_id"]!.ToString());
        Assert.Equal("5", iopub[6].Content["data"]!["text/plain"]!.ToString());
    }

    [Fact]
    public void Execute_ThatFails_PublishesTheErrorWithCellAndLine()
    {
        var (reply, iopub) = _client.Execute("\nthrow new InvalidOperationException(\"no\");");
        Assert.Equal(["busy", "execute_input", "error", "idle"], Types(iopub));
        Assert.Equal("System.InvalidOperationException", iopub[2].Content["ename"]!.ToString());
        Assert.Equal("   at cell 1, line 2", iopub[2].Content["traceback"]![1]!.ToString());
        Assert.Equal("error", reply["status"]!.ToString());
        Assert.Equal("no", reply["evalue"]!.ToString());
    }

    [Fact]
    public void Execute_Silent_PublishesNothingAndDoesNotCount()
    {
        Assert.Equal(["busy", "idle"], Types(_client.Execute("var kept = 1; display(2); kept", new JsonObject { ["silent"] = true }).Iopub));
        Assert.Equal(1, _client.Execute("kept").Reply["execution_count"]!.GetValue<int>());
    }

    [Fact]
    public void Execute_WithoutStoreHistory_DoesNotCount()
    {
        _client.Execute("1", new JsonObject { ["store_history"] = false });
        Assert.Equal(1, _client.Execute("2").Reply["execution_count"]!.GetValue<int>());
    }

    [Fact]
    public void UserExpressions_AreEvaluatedEachForItself()
    {
        var (reply, iopub) = _client.Execute("var x = 20;", new JsonObject { ["user_expressions"] = new JsonObject { ["good"] = "x + 1", ["bad"] = "nowhere" } });
        Assert.Equal("21", reply["user_expressions"]!["good"]!["data"]!["text/plain"]!.ToString());
        Assert.Equal("error", reply["user_expressions"]!["bad"]!["status"]!.ToString());
        Assert.Equal(["busy", "execute_input", "idle"], Types(iopub));
    }

    [Theory]
    [InlineData(true, "aborted")]
    [InlineData(false, "ok")]
    public void StopOnError_AbortsTheCellsThatWait(bool stopOnError, string second)
    {
        _client.Send(_client.Shell, "execute_request", new JsonObject { ["code"] = "System.Threading.Thread.Sleep(300); throw new Exception(\"stop\");", ["stop_on_error"] = stopOnError });
        _client.Send(_client.Shell, "execute_request", new JsonObject { ["code"] = "1" });
        Assert.Equal("error", _client.Reply(_client.Shell).Content["status"]!.ToString());
        Assert.Equal(second, _client.Reply(_client.Shell).Content["status"]!.ToString());
    }

    [Fact]
    public void Complete_KnowsVariablesMembersAndCodePoints()
    {
        _client.Execute("var accuracies = new List<double>();");
        var code = "/*🙂*/ accuracies.Co";
        var (reply, _) = _client.Request("complete_request", new JsonObject { ["code"] = code, ["cursor_pos"] = code.Length - 1 });
        var matches = reply["matches"]!.AsArray().Select(m => m!.ToString()).ToList();
        Assert.Contains("Count", matches);
        Assert.Contains("Contains", matches);
        Assert.Equal(code.Length - 3, reply["cursor_start"]!.GetValue<int>());
        Assert.Contains("accuracies", _client.Request("complete_request", new JsonObject { ["code"] = "acc", ["cursor_pos"] = 3 }).Reply["matches"]!.AsArray().Select(m => m!.ToString()));
    }

    [Fact]
    public void Inspect_BetweenTheParentheses_ShowsEveryOverload()
    {
        var (reply, _) = _client.Request("inspect_request", new JsonObject { ["code"] = "Math.Max(", ["cursor_pos"] = 9 });
        Assert.True(reply["found"]!.GetValue<bool>());
        Assert.Contains("double System.Math.Max(double val1, double val2)", reply["data"]!["text/plain"]!.ToString(), StringComparison.Ordinal);
        Assert.False(_client.Request("inspect_request", new JsonObject { ["code"] = "   ", ["cursor_pos"] = 1 }).Reply["found"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("1 + 1", "complete")]
    [InlineData("for (;;) {", "incomplete")]
    [InlineData("var x = );", "invalid")]
    [InlineData("#!whos", "complete")]
    public void IsComplete_Tells(string code, string status) =>
        Assert.Equal(status, _client.Request("is_complete_request", new JsonObject { ["code"] = code }).Reply["status"]!.ToString());

    [Theory]
    [InlineData("tail", 2, 3)]
    [InlineData("range", 1, 2)]
    [InlineData("search", 1, 3)]
    public void History_GivesWhatWasAskedFor(string type, int first, int last)
    {
        foreach (var code in new[] { "var a = 1;", "var bb = 2;", "var ab = 3;" })
            _client.Execute(code);
        var request = new JsonObject { ["hist_access_type"] = type, ["n"] = 2, ["start"] = 1, ["stop"] = 3, ["pattern"] = "var a*", ["output"] = false, ["raw"] = true };
        var numbers = _client.Request("history_request", request).Reply["history"]!.AsArray().Select(entry => entry![1]!.GetValue<int>()).ToList();
        Assert.Equal([first, last], numbers);
    }

    [Fact]
    public void CommInfo_IsEmpty() => Assert.Empty(_client.Request("comm_info_request", []).Reply["comms"]!.AsObject());

    [Fact]
    public void Input_IsAskedOfTheClientThatRunsTheCell()
    {
        var id = _client.Send(_client.Shell, "execute_request", new JsonObject { ["code"] = "var name = await Kernel.GetInputAsync(\"Name?\");\nname + Console.ReadLine()", ["allow_stdin"] = true });
        var question = _client.Reply(_client.Stdin);
        Assert.Equal(("input_request", "Name?", "False"), (question.Type, question.Content["prompt"]!.ToString(), question.Content["password"]!.GetValue<bool>().ToString()));
        _client.Send(_client.Stdin, "input_reply", new JsonObject { ["value"] = "Ada" });
        _client.Reply(_client.Stdin);
        _client.Send(_client.Stdin, "input_reply", new JsonObject { ["value"] = "!" });
        Assert.Equal("Ada!", _client.ReadIopub(id).Single(m => m.Type == "execute_result").Content["data"]!["text/plain"]!.ToString());
    }

    [Fact]
    public void Input_ThatTheClientDoesNotAllow_IsAnError() =>
        Assert.Equal("error", _client.Execute("Console.ReadLine()", new JsonObject { ["allow_stdin"] = false }).Reply["status"]!.ToString());

    [Fact]
    public void Interrupt_StopsTheCellAndKeepsVariables()
    {
        var id = _client.Send(_client.Shell, "execute_request", new JsonObject { ["code"] = "var x = 3; Console.Write(\"on\"); while (true) { }" });
        while (_client.Reply(_client.Iopub).Type != "stream")
        {
            // Until it runs.
        }
        _client.Send(_client.Control, "interrupt_request", []);
        Assert.Equal("interrupt_reply", _client.Reply(_client.Control).Type);
        Assert.Equal("Interrupted", _client.Reply(_client.Shell).Content["ename"]!.ToString());
        _client.ReadIopub(id);
        Assert.Equal("3", _client.Execute("x").Iopub[2].Content["data"]!["text/plain"]!.ToString());
    }

    /// <summary>A client that answers at once what it has just heard; the kernel used to abort such a cell now and then.</summary>
    [Fact]
    public void Execute_RightAfterTheReplyToAFailedCell_IsRun()
    {
        for (var i = 0; i < 50; i++)
        {
            var failed = _client.Send(_client.Shell, "execute_request", new JsonObject { ["code"] = "throw new Exception();" });
            Assert.Equal("error", _client.Reply(_client.Shell).Content["status"]!.ToString());
            var next = _client.Send(_client.Shell, "execute_request", new JsonObject { ["code"] = "1 + 1" });
            Assert.Equal("ok", _client.Reply(_client.Shell).Content["status"]!.ToString());
            _client.ReadIopub(failed);
            _client.ReadIopub(next);
        }
    }

    [Fact]
    public async Task Shutdown_IsAnsweredBeforeTheEnd()
    {
        _client.Send(_client.Control, "shutdown_request", new JsonObject { ["restart"] = true });
        var (type, content, _) = _client.Reply(_client.Control);
        Assert.Equal(("shutdown_reply", true), (type, content["restart"]!.GetValue<bool>()));
        await _client.Kernel.Shutdown.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(5_000_000)]
    public void Heartbeat_SendsBackWhatItGets(int size)
    {
        using var heart = ZmtpPeer.Ready(_client.Ports[4], "REQ");
        var body = new byte[size];
        new Random(1).NextBytes(body);
        heart.Send([], body);
        Assert.Equal([[], body], heart.Receive());
    }

    [Fact]
    public void Clients_AreEachAnsweredWhatTheyAsked()
    {
        using var other = ZmtpPeer.Ready(_client.Ports[0], "DEALER", "other");
        _client.Send(other, "is_complete_request", new JsonObject { ["code"] = "{" });
        _client.Send(_client.Shell, "kernel_info_request", []);
        Assert.Equal("is_complete_reply", _client.Reply(other).Type);
        Assert.Equal("kernel_info_reply", _client.Reply(_client.Shell).Type);
    }

    [Fact]
    public async Task Iopub_SendsWhatWasSubscribedTo()
    {
        _client.Send(_client.Shell, "kernel_info_request", []);
        var topic = Encoding.UTF8.GetString(_client.Iopub.Receive()[0]);
        _client.Reply(_client.Shell);
        using var listener = ZmtpPeer.Ready(_client.Ports[1], "SUB");
        listener.Send([1, .. Encoding.UTF8.GetBytes(topic.Replace("status", "execute_input"))]);
        var heard = Task.Run(() => _client.Reply(listener).Type);
        while (!heard.IsCompleted)
            _client.Execute("1");
        Assert.Equal("execute_input", await heard);
    }

    public static TheoryData<string, byte[]> Malformed => new()
    {
        { "no greeting", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: somebody who is curious\r\n\r\n") },
        { "another mechanism", [.. ZmtpPeer.Greeting()[..12], .. "CURVE"u8, .. new byte[47]] },
        { "a message before READY", [.. ZmtpPeer.Greeting(), 0, 1, 1] },
        { "READY cut off", [.. ZmtpPeer.Greeting(), 4, 10, 5, .. "READY"u8, 200, 1, 1, 1] },
        { "a socket that does not fit", [.. Greeted("PUB")] },
        { "flags that mean nothing", [.. Greeted("REQ"), 0xF0, 0] },
        { "a frame of 2^62 bytes", [.. Greeted("REQ"), 2, 0x40, .. new byte[7]] },
        { "a subscription to nothing", [.. Greeted("SUB"), 0, 0] },
    };

    private static byte[] Greeted(string socketType) => [.. ZmtpPeer.Greeting(), .. ZmtpPeer.Command("READY", ("Socket-Type", socketType))];

    [Theory]
    [MemberData(nameof(Malformed))]
    public void MalformedBytes_DisturbNoOtherClient(string what, byte[] bytes)
    {
        var bad = _client.Ports.Select(port => new ZmtpPeer(port)).ToList();
        bad.ForEach(peer => peer.Write(bytes));
        Assert.True(_client.Execute("1 + 1").Reply["status"]!.ToString() == "ok", what);
        bad.ForEach(peer => peer.Dispose());
        Heartbeat_SendsBackWhatItGets(1);
        Assert.True(_client.Execute("1 + 1").Reply["status"]!.ToString() == "ok", what);
    }

    [Fact]
    public void Message_WithAWrongSignature_IsDropped()
    {
        _client.Send(_client.Shell, "execute_request", new JsonObject { ["code"] = "var forged = 1;" }, key: "another key");
        _client.Shell.Send(Encoding.UTF8.GetBytes("<IDS|MSG>"), [], "{\"msg_type\":\"execute_request\"}"u8.ToArray(), "{}"u8.ToArray(), "{}"u8.ToArray(), "{\"code\":\"var forged = 1;\"}"u8.ToArray());
        Assert.Contains("CS0103", _client.Execute("forged").Reply["evalue"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Request_OfAnUnknownType_IsIgnored()
    {
        var id = _client.Send(_client.Shell, "dance_request", []);
        Assert.Equal(["busy", "idle"], Types(_client.ReadIopub(id)));
        Assert.Equal("ok", _client.Execute("1").Reply["status"]!.ToString());
    }

    [Theory]
    [InlineData("execute_request")]
    [InlineData("kernel_info_request")]
    public void AClient_ThatGoesWithRequestsWaiting_LeavesTheKernelAnswering(string waiting)
    {
        using (var gone = ZmtpPeer.Ready(_client.Ports[0], "DEALER", "gone"))
        {
            _client.Send(gone, "execute_request", new JsonObject { ["code"] = "Console.Write(\"on\"); Thread.Sleep(500); throw new Exception();" });
            _client.Send(gone, waiting, new JsonObject { ["code"] = "1" });
            while (_client.Reply(_client.Iopub).Type != "stream")
            {
                // Until it runs: what arrives before it is answered before it, and what comes after that answer would wait behind it.
            }
        }
        Assert.Equal("ok", _client.Request("kernel_info_request", []).Reply["status"]!.ToString());
        Assert.Equal("ok", _client.Execute("1 + 1").Reply["status"]!.ToString());
    }

    [Fact]
    public void Fuzz_OfFramesAndJson_IsSurvived()
    {
        var random = new Random(20251121);
        for (var i = 0; i < 300; i++)
        {
            using var peer = random.Next(2) == 0 ? new ZmtpPeer(_client.Ports[random.Next(5)]) : ZmtpPeer.Ready(_client.Ports[0], "DEALER", $"f{i}");
            var noise = new byte[random.Next(400)];
            random.NextBytes(noise);
            try
            {
                peer.Write(noise);
                peer.Send(noise, noise);
            }
            catch (IOException)
            {
                // Closed on us already, as it should be.
            }
        }
        // Signed, but nonsense inside.
        string[] types = ["execute_request", "complete_request", "inspect_request", "history_request", "is_complete_request", "interrupt_request"];
        JsonNode?[] values = [null, 5, -1, "x", true, new JsonArray(1), new JsonObject { ["a"] = new JsonArray() }, 1e300, "🙂\0"];
        for (var i = 0; i < 60; i++)
        {
            var content = new JsonObject();
            foreach (var name in new[] { "cursor_pos", "user_expressions", "silent", "hist_access_type", "n", "pattern", "stop_on_error" })
                content[name] = values[random.Next(values.Length)]?.DeepClone();
            content["code"] = values[random.Next(values.Length)]?.DeepClone();
            var type = types[random.Next(types.Length)];
            _client.Request(type, content);
        }
        Assert.Equal("ok", _client.Execute("1 + 1").Reply["status"]!.ToString());
    }
}
