//! `cargo run -p fedimetrics-contract --bin dashboards -- dashboards`: writes the dashboards into that folder.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    let folder = PathBuf::from(
        std::env::args_os()
            .nth(1)
            .unwrap_or_else(|| "dashboards".into()),
    );
    std::fs::create_dir_all(&folder)?;
    for dashboard in fedimetrics_contract::dashboards::all() {
        std::fs::write(folder.join(dashboard.file()), dashboard.text())?;
    }
    Ok(())
}
