# SPDX-License-Identifier: Apache-2.0
"""The cases of start.py: what a container says of its listener, and what it listens on then.

A case is a map:
  name         for people
  ports        containerPorts (those below 1024 are led to by a Service); a name may stand behind: "443 https"
  env, args    of the container; a value may be a reference (a map)
  env_from     names of ConfigMaps whose values are variables
  configs      ConfigMaps of the input: name → data
  mounts       names of ConfigMaps whose files lie beside the program
  secrets      Secrets, which the input does not hold: name → what a reference to a key of it gives
  image        the image; one of Microsoft's brings its variables along
  program      variables that stand for the program's own code: STYLE, MODE, PORT
  options      flags of fix
  before       the ports on which it listens as it was
  after        those on which it listens as root no more, fixed; those from 1024 on are not told twice
  low          ports that stay low, by the sysctl
  adds         variables that are added, with their values
  versions     of .NET; 8 and 10 where that is left out, so far as they are there
"""

APP = "registry.example/shop/web:1.0"
OLD = "mcr.microsoft.com/dotnet/aspnet:6.0"
NEW = "mcr.microsoft.com/dotnet/aspnet:8.0"
CERTIFICATE = {
    "ASPNETCORE_Kestrel__Certificates__Default__Path": "/https/tls.crt",
    "ASPNETCORE_Kestrel__Certificates__Default__KeyPath": "/https/tls.key",
}
ENDPOINT = {"Kestrel__Endpoints__Http__Url": "http://+:8080"}
KNOWN = {"ASPNETCORE_ENVIRONMENT": "Production"}


def url(name, value="http://+:80", **more):
    return {"name": name, "env": {name: value}, "before": [80], "after": [8080], "adds": {}, **more}


def arg(*args, **more):
    return {"name": " ".join(args), "env": KNOWN, "args": list(args), "before": [80], "after": [8080], "adds": {}, **more}


CASES = [
    # ---- each variable alone ----
    *[url(name) for name in ("ASPNETCORE_URLS", "DOTNET_URLS", "URLS", "aspnetcore_urls", "Urls")],
    *[url(name, "80") for name in ("ASPNETCORE_HTTP_PORTS", "DOTNET_HTTP_PORTS", "HTTP_PORTS", "aspnetcore_http_ports")],
    *[url(prefix + "Kestrel__Endpoints__" + rest) for prefix in ("", "ASPNETCORE_", "DOTNET_")
      for rest in ("Http__Url", "0__Url", "MyOwn__Url")],
    url("KESTREL__ENDPOINTS__WEB__URL"),
    url("Kestrel__EndPoints__Http__url"),

    # ---- each argument alone ----
    arg("--urls", "http://+:80"), arg("--urls=http://+:80"), arg("/urls", "http://+:80"), arg("/urls=http://+:80"),
    arg("urls=http://+:80"), arg("--URLS", "http://+:80"), arg("--http_ports", "80"), arg("--http_ports=80"),
    arg("/HTTP_PORTS=80"), arg("--Kestrel:Endpoints:Http:Url=http://+:80"),
    arg("--kestrel:endpoints:web:url", "http://+:80"), arg("--urls=http://localhost:5000;http://*:80", after=[5000, 8080],
                                                          before=[80, 5000]),

    # ---- what URLs look like ----
    url("ASPNETCORE_URLS", "http://+"), url("ASPNETCORE_URLS", "http://*/"), url("ASPNETCORE_URLS", "http://0.0.0.0:80"),
    url("ASPNETCORE_URLS", "http://[::]:80"), url("ASPNETCORE_URLS", "HTTP://+:80"),
    url("ASPNETCORE_URLS", "http://+:80;http://localhost:5000", before=[80, 5000], after=[5000, 8080]),
    url("ASPNETCORE_URLS", "http://localhost:80"), url("ASPNETCORE_URLS", "http://127.0.0.1:80"),
    url("ASPNETCORE_HTTP_PORTS", "80;5000", before=[80, 5000], after=[5000, 8080]),

    # ---- two of them: one is obeyed, both are rewritten or neither does harm ----
    {"name": "URLS over ASPNETCORE_URLS", "env": {"URLS": "http://+:80", "ASPNETCORE_URLS": "http://+:81"},
     "before": [80], "after": [8080], "adds": {}},
    {"name": "ASPNETCORE_URLS over HTTP_PORTS", "env": {"ASPNETCORE_URLS": "http://+:80", "ASPNETCORE_HTTP_PORTS": "8080"},
     "before": [80], "after": [8080], "adds": {}},
    {"name": "HTTP_PORTS over ASPNETCORE_HTTP_PORTS", "env": {"HTTP_PORTS": "80", "ASPNETCORE_HTTP_PORTS": "8080"},
     "before": [80], "after": [8080], "adds": {}},
    {"name": "both say it", "env": {"ASPNETCORE_URLS": "http://+:80", "ASPNETCORE_HTTP_PORTS": "80"},
     "before": [80], "after": [8080], "adds": {}},
    {"name": "an endpoint over all", "env": {**ENDPOINT, "Kestrel__Endpoints__Http__Url": "http://+:80",
                                             "URLS": "http://+:8080"}, "args": ["--urls", "http://+:8080"],
     "before": [80], "after": [8080], "adds": {}},
    {"name": "arguments over URLS", "env": {"URLS": "http://+:8080"}, "args": ["--urls=http://+:80"],
     "before": [80], "after": [8080], "adds": {}},
    {"name": "an empty one does not count", "env": {"ASPNETCORE_URLS": "", "ASPNETCORE_HTTP_PORTS": "80"},
     "before": [80], "after": [8080], "adds": {}},
    {"name": "two endpoints", "ports": ["80", "81"],
     "env": {"Kestrel__Endpoints__A__Url": "http://+:80", "Kestrel__Endpoints__B__Url": "http://+:81"},
     "before": [80, 81], "after": [8080, 8081], "adds": {}},

    # ---- nothing is seen ----
    {"name": "before 8: the image's own", "image": OLD, "env": {}, "before": [80], "after": [8080],
     "adds": {"ASPNETCORE_URLS": "http://+:8080"}},
    {"name": "before 8: HTTP_PORTS is not known there", "image": OLD, "env": {"ASPNETCORE_HTTP_PORTS": "80"},
     "before": [80], "after": [8080], "adds": {"ASPNETCORE_URLS": "http://+:8080"}},
    {"name": "a version before 8", "env": {"DOTNET_VERSION": "6.0.36"}, "program": {"ASPNETCORE_URLS": "http://+:80"},
     "before": [80], "after": [8080], "adds": {"ASPNETCORE_URLS": "http://+:8080"}},
    *[{"name": f"in the code: {style} {mode}", "env": KNOWN, "before": [80], "after": [8080], "adds": ENDPOINT,
       "program": {"STYLE": style, "MODE": mode, "PORT": "80"}}
      for style, mode in (("web", "useurls"), ("slim", "useurls"), ("host", "useurls"), ("web", "add"), ("web", "run"))],
    {"name": "in the image's variables", "env": KNOWN, "program": {"ASPNETCORE_URLS": "http://+:80"},
     "before": [80], "after": [8080], "adds": ENDPOINT},
    {"name": "in the image's variables, 8.0", "image": NEW, "env": {}, "program": {"ASPNETCORE_HTTP_PORTS": "80"},
     "before": [80], "after": [8080], "adds": ENDPOINT},
    {"name": "--framework", "env": {}, "options": ["--framework=dotnet"],
     "program": {"MODE": "useurls", "PORT": "80"}, "before": [80], "after": [8080], "adds": ENDPOINT},
    {"name": "Listen in the code, with the sysctl", "env": KNOWN, "options": ["--low-ports=sysctl"],
     "program": {"MODE": "listen", "PORT": "80"}, "before": [80], "after": [80], "low": True, "adds": {}},
    {"name": "a Secret's, which nobody sees", "secrets": {"web": "http://+:80"},
     "env": {"ASPNETCORE_URLS": {"secretKeyRef": {"name": "web", "key": "urls"}}},
     "before": [80], "after": [8080], "adds": ENDPOINT},

    # ---- ConfigMaps ----
    {"name": "envFrom", "configs": {"env": {"ASPNETCORE_URLS": "http://+:80", "A": "80"}}, "env_from": ["env"], "env": {},
     "before": [80], "after": [8080], "adds": {}},
    {"name": "valueFrom", "configs": {"env": {"urls": "http://+:80"}},
     "env": {"ASPNETCORE_URLS": {"configMapKeyRef": {"name": "env", "key": "urls"}}},
     "before": [80], "after": [8080], "adds": {}},
    *[{"name": f"appsettings.json: {text}", "env": {}, "mounts": ["files"], "configs": {"files": {"appsettings.json": text}},
       "before": [80], "after": [8080], "adds": {}}
      for text in ('{ "Urls": "http://+:80" }', '{ "http_ports": 80 }', '{ "HTTP_PORTS": "80" }',
                   '{ /* c */ "Kestrel": { "Endpoints": { "Http": { "Url": "http://*:80" }, }, } } // c\n',
                   '{ "kestrel": { "EndPoints:web": { "url": "http://+" } } }',
                   '{ "Kestrel:Endpoints:Http:Url": "http://+:80", "Other": "http://+:80" }')],
    {"name": "appsettings.json under a variable", "mounts": ["files"], "env": {"URLS": "http://+:80"},
     "configs": {"files": {"appsettings.json": '{ "Urls": "http://+:8080" }'}}, "before": [80], "after": [8080], "adds": {}},
    {"name": "appsettings.json over a variable", "mounts": ["files"], "env": {"ASPNETCORE_URLS": "http://+:8080"},
     "configs": {"files": {"appsettings.json": '{ "Urls": "http://+:80" }'}}, "before": [80], "after": [8080], "adds": {}},

    # ---- https ----
    {"name": "https in URLs", "ports": ["80", "443"], "env": {**CERTIFICATE, "ASPNETCORE_URLS": "http://+:80;https://+:443"},
     "before": [80, 443], "after": [8080, 8443], "adds": {"ASPNETCORE_HTTPS_PORT": "443"}},
    {"name": "https without ports", "ports": ["80", "443"], "env": {**CERTIFICATE, "ASPNETCORE_URLS": "https://+;http://+"},
     "before": [80, 443], "after": [8080, 8443], "adds": {"ASPNETCORE_HTTPS_PORT": "443"}},
    {"name": "HTTPS_PORTS", "ports": ["80", "443"],
     "env": {**CERTIFICATE, "HTTP_PORTS": "80", "ASPNETCORE_HTTPS_PORTS": "443"},
     "before": [80, 443], "after": [8080, 8443], "adds": {"ASPNETCORE_HTTPS_PORT": "443"}},
    {"name": "https with its redirect", "ports": ["80", "443"],
     "env": {**CERTIFICATE, "ASPNETCORE_URLS": "http://+:80;https://+:443", "HTTPS_PORT": "443"},
     "before": [80, 443], "after": [8080, 8443], "adds": {}},
    {"name": "nothing but a certificate", "ports": ["80", "443"], "env": CERTIFICATE,
     "program": {"ASPNETCORE_URLS": "http://+:80;https://+:443"}, "before": [80, 443], "after": [8080, 8443],
     "adds": {**ENDPOINT, "Kestrel__Endpoints__Https__Url": "https://+:8443", "ASPNETCORE_HTTPS_PORT": "443"}},
    {"name": "nothing but a certificate, before 8", "image": OLD, "ports": ["80", "443"], "env": CERTIFICATE,
     "program": {"ASPNETCORE_URLS": "http://+:80;https://+:443"}, "before": [80, 443], "after": [8080, 8443],
     "adds": {"ASPNETCORE_URLS": "http://+:8080;https://+:8443", "ASPNETCORE_HTTPS_PORT": "443"}},
    {"name": "no certificate: both stay", "ports": ["80", "443"], "env": KNOWN, "low": True,
     "program": {"ASPNETCORE_URLS": "http://+:80"}, "before": [80], "after": [80], "adds": {}},
    {"name": "no certificate, moved all the same", "ports": ["80", "443"], "env": KNOWN, "options": ["--low-ports=move"],
     "program": {"ASPNETCORE_URLS": "http://+:80"}, "before": [80], "after": [8080], "adds": ENDPOINT},
    {"name": "a port that a setting would silence", "ports": ["80", "5000"], "env": KNOWN, "low": True,
     "program": {"ASPNETCORE_URLS": "http://+:80;http://+:5000"}, "before": [80, 5000], "after": [80, 5000], "adds": {}},
]
