// What other apps have in code: app.UseHttpsRedirection(), before the rest of the test app. The host loads it by
// ASPNETCORE_HOSTINGSTARTUPASSEMBLIES.
using System;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

[assembly: HostingStartup(typeof(Redirect))]

public class Redirect : IHostingStartup, IStartupFilter
{
    public void Configure(IWebHostBuilder builder)
    {
        builder.ConfigureServices(services =>
            services.Add(new ServiceDescriptor(typeof(IStartupFilter), this)));
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next)
    {
        return app => { HttpsPolicyBuilderExtensions.UseHttpsRedirection(app); next(app); };
    }
}
