//! Tells Tauri where this repository keeps its capabilities and permissions.

fn main() {
    // tauri-build works from the folder of tauri.conf.json, the repository root.
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .app_manifest(
            tauri_build::AppManifest::new().permissions_path_pattern("./src-tauri/permissions/**/*"),
        );
    if let Err(error) = tauri_build::try_build(attributes) {
        println!("cargo::error=tauri-build: {error:#}");
    }
    // Schemas for editors, always written to <root>/gen; nothing reads them.
    std::fs::remove_dir_all("gen").ok();
}
