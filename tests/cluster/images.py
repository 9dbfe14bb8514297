#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""images.py DEBIAN.tar ROOT OUT.tar [PARTS]: makes the images of images/*/Dockerfile.

OUT is what `docker save` writes: manifest.json, a configuration for each image, their layers. ROOT is DEBIAN.tar
unpacked: all images begin with it (FROM debian) or with another of these. What these Dockerfiles use is understood, no
more; RUN is run in a chroot of an overlay whose upper folder becomes the layer. "# NAME" names the image. PARTS is a
folder with a folder NAME for each thing that COPY --from=NAME copies from. An image whose part is not there is left
out, with a line that says so.
"""
import hashlib
import io
import json
import os
import pathlib
import shlex
import shutil
import stat
import subprocess
import sys
import tarfile
import tempfile

FOLDER = pathlib.Path(__file__).parent / "images"
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Missing(Exception):
    """A part that an image is made of is not there."""


def instructions(dockerfile):
    """The name of the image and its (KEYWORD, text) pairs."""
    lines = dockerfile.read_text().replace("\\\n", "").splitlines()
    name = next(line.split()[2] for line in lines if line.startswith("# NAME "))
    return name, [line.split(None, 1) for line in lines if line and not line.startswith("#")]


def words(text):
    """The words of ["a", "b"], or of the shell's form."""
    return json.loads(text) if text.startswith("[") else ["/bin/sh", "-c", text]


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pack(upper, out):
    """The layer of an overlay's upper folder: a character device 0:0 marks what was removed."""
    with tarfile.open(out, "w") as tar:
        for folder, folders, files in os.walk(upper):
            for name in sorted(folders + files):
                path = os.path.join(folder, name)
                info = os.lstat(path)
                target = os.path.relpath(path, upper)
                if stat.S_ISCHR(info.st_mode) and info.st_rdev == 0:
                    head, tail = os.path.split(target)
                    tar.addfile(tarfile.TarInfo(os.path.join(head, ".wh." + tail)))
                    continue
                tar.add(path, target, recursive=False)
                if stat.S_ISDIR(info.st_mode) and "trusted.overlay.opaque" in os.listxattr(path, follow_symlinks=False):
                    tar.addfile(tarfile.TarInfo(os.path.join(target, ".wh..wh..opq")))


class Builder:
    def __init__(self, debian, root, parts, temp):
        self.root, self.parts, self.temp = root, parts, pathlib.Path(temp)
        self.layers = {}  # digest: the archive
        self.images = {"debian": ([root], [self.layer(debian)], {"Env": ["PATH=" + PATH]})}

    def layer(self, path):
        key = digest(path)
        self.layers[key] = path
        return key

    def part(self, name):
        """The folder NAME of the parts."""
        folder = pathlib.Path(self.parts or "/nonexistent") / name
        if not folder.is_dir():
            raise Missing(name)
        return folder

    def copy(self, text, context, merged):
        arguments = shlex.split(text)
        if arguments[0].startswith("--from="):
            context = self.part(arguments.pop(0).removeprefix("--from="))
        source, target = context / arguments[0], merged / arguments[1].lstrip("/")
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
            return
        if arguments[1].endswith("/"):
            target = target / source.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        os.chmod(target, 0o755 if source.read_bytes().startswith(b"#!") else 0o644)

    def step(self, keyword, text, config, context, merged):
        if keyword == "RUN":
            environment = dict(item.split("=", 1) for item in config["Env"])
            subprocess.run(["mount", "-t", "proc", "proc", merged / "proc"], check=True)
            try:
                subprocess.run(["chroot", merged, "/bin/sh", "-ec", text], check=True, env=environment,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            finally:
                subprocess.run(["umount", merged / "proc"], check=True)
        elif keyword == "COPY":
            self.copy(text, context, merged)
        elif keyword == "ENV":
            for item in shlex.split(text):
                name = item.split("=", 1)[0]
                config["Env"] = [old for old in config["Env"] if old.split("=", 1)[0] != name] + [item]
        elif keyword == "WORKDIR":
            config["WorkingDir"] = text
            (merged / text.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif keyword in ("VOLUME", "EXPOSE"):
            items = [item if keyword == "VOLUME" or "/" in item else item + "/tcp" for item in text.split()]
            config[{"VOLUME": "Volumes", "EXPOSE": "ExposedPorts"}[keyword]] = {item: {} for item in items}
        elif keyword in ("ENTRYPOINT", "CMD"):
            config[keyword.capitalize()] = words(text)
            if keyword == "ENTRYPOINT":
                config.pop("Cmd", None)
        elif keyword in ("USER", "STOPSIGNAL"):
            config[{"USER": "User", "STOPSIGNAL": "StopSignal"}[keyword]] = text
        else:
            raise ValueError(f"{keyword}: not known here")

    def build(self, dockerfile):
        name, steps = instructions(dockerfile)
        if steps[0][1] not in self.images:
            raise KeyError(steps[0][1])
        lowers, layers, config = self.images[steps[0][1]]
        config = json.loads(json.dumps(config))
        work = pathlib.Path(tempfile.mkdtemp(dir=self.temp))
        upper, merged = work / "upper", work / "merged"
        for folder in (upper, merged, work / "work"):
            folder.mkdir()
        lower = ":".join(str(lower) for lower in reversed(lowers))
        options = f"lowerdir={lower},upperdir={upper},workdir={work / 'work'}"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, merged], check=True)
        try:
            for keyword, text in steps[1:]:
                self.step(keyword, text, config, dockerfile.parent, merged)
        finally:
            subprocess.run(["umount", merged], check=True)
        pack(upper, work / "layer.tar")
        self.images[name] = (lowers + [upper], layers + [self.layer(work / "layer.tar")], config)

    def save(self, out):
        """One archive for all: a layer that several have is in it once."""
        manifest = []
        with tarfile.open(out, "w") as tar:
            for key, path in self.layers.items():
                tar.add(path, f"{key}.tar")
            for name, (_, layers, config) in self.images.items():
                if name == "debian":
                    continue
                text = json.dumps({
                    "architecture": "amd64", "os": "linux", "config": config,
                    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + key for key in layers]},
                }).encode()
                file = tarfile.TarInfo(hashlib.sha256(text).hexdigest() + ".json")
                file.size = len(text)
                tar.addfile(file, io.BytesIO(text))
                manifest.append({"Config": file.name, "RepoTags": [name], "Layers": [key + ".tar" for key in layers]})
            text = json.dumps(manifest).encode()
            file = tarfile.TarInfo("manifest.json")
            file.size = len(text)
            tar.addfile(file, io.BytesIO(text))


def main(debian, root, out, parts=None):
    with tempfile.TemporaryDirectory(dir=pathlib.Path(out).parent) as temp:
        builder = Builder(debian, root, parts, temp)
        waiting = sorted(FOLDER.glob("*/Dockerfile"))
        while waiting:
            later = []
            for dockerfile in waiting:
                try:
                    builder.build(dockerfile)
                except KeyError:  # begins with one that is not made yet
                    later.append(dockerfile)
                except Missing as missing:
                    print(f"image {dockerfile.parent.name} is left out: there is no {missing}", file=sys.stderr)
            if later == waiting:
                sys.exit(f"error: {later[0]}: FROM an image that is not here")
            waiting = later
        builder.save(out)


if __name__ == "__main__":
    main(*sys.argv[1:])
