// SPDX-License-Identifier: Apache-2.0
// What the tests start, where no program lies ready. It listens as the ASP.NET template does, or as programs do that fix
// their port in the code:
//   STYLE  web (WebApplication), slim, or host (IHostBuilder, the template of 3.1 and 5.0)
//   MODE   plain, useurls, listen, add or run; PORT is the port in the code (80)
using System;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

public static class Program
{
    static readonly string mode = Variable("MODE", "plain");
    static readonly int port = int.Parse(Variable("PORT", "80"));
    static readonly string url = "http://*:" + port;

    static string Variable(string name, string otherwise)
    {
        return Environment.GetEnvironmentVariable(name) ?? otherwise;
    }

    static void Listen(IWebHostBuilder web)
    {
        if (mode == "useurls")
            web.UseUrls(url);
        if (mode == "listen")
            web.ConfigureKestrel(kestrel => kestrel.ListenAnyIP(port));
    }

    // A body beyond 30 KB is buffered in a file of the temporary directory.
    static async Task Upload(HttpContext context)
    {
        var buffer = new byte[65536];
        long total = 0;
        int n;

        context.Request.EnableBuffering();
        while ((n = await context.Request.Body.ReadAsync(buffer, 0, buffer.Length)) > 0)
            total += n;
        await context.Response.WriteAsync(total + "\n");
    }

    static Task Protect(HttpContext context)
    {
        var provider = context.RequestServices.GetRequiredService<IDataProtectionProvider>();

        return context.Response.WriteAsync(provider.CreateProtector("test").Protect("secret") + "\n");
    }

    static void Routes(IEndpointRouteBuilder app)
    {
        app.MapGet("/", (RequestDelegate)(context => context.Response.WriteAsync("ok\n")));
        app.MapGet("/healthz", (RequestDelegate)(context => context.Response.WriteAsync("healthy\n")));
        app.MapGet("/protect", (RequestDelegate)Protect);
        app.MapPost("/upload", (RequestDelegate)Upload);
    }

    static void RunHost(string[] args)
    {
        Host.CreateDefaultBuilder(args).ConfigureWebHostDefaults(web =>
        {
            Listen(web);
            web.ConfigureServices(services => { services.AddDataProtection(); });
            web.Configure(app => app.UseRouting().UseEndpoints(Routes));
        }).Build().Run();
    }

    static void RunApplication(WebApplicationBuilder builder)
    {
        builder.Services.AddDataProtection();
        Listen(builder.WebHost);
        var app = builder.Build();
        Routes(app);
        if (mode == "add")
            app.Urls.Add(url);
        app.Run(mode == "run" ? url : null);
    }

    public static void Main(string[] args)
    {
        var style = Variable("STYLE", "web");

        if (style == "host")
            RunHost(args);
        else
            RunApplication(style == "slim" ? WebApplication.CreateSlimBuilder(args) : WebApplication.CreateBuilder(args));
    }
}
