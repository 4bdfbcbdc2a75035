#![allow(clippy::unwrap_used)]

mod growing;

use std::fs;
use std::io::Write;
use std::path::Path;

use sluice_engine::check::{Step, StepResult, Steps};
use sluice_engine::destination::Destination;
use sluice_engine::error::ErrorKind;
use sluice_engine::record::Operation;
use sluice_engine::sync::Shape;
use tempfile::TempDir;

use super::File;
use crate::destinations::fixture::{Standing, answered, row, said, send, try_open};

fn folder(path: &Path, format: &str) -> Box<dyn Destination> {
    folder_with(path, format, &[])
}

fn folder_with(path: &Path, format: &str, more: &[(&str, &str)]) -> Box<dyn Destination> {
    let clock = Standing::at("2026-11-22T12:00:00Z");
    let settings = [&[("folder", path.to_str().unwrap()), ("format", format)], more].concat();
    try_open(&File, Path::new("/"), clock, &settings, &[]).unwrap()
}

fn records() -> Shape {
    Shape::Record { object: "rows".to_owned(), match_field: "id".to_owned() }
}

/// The names a reader sees, and all names.
fn names(path: &Path) -> (Vec<String>, usize) {
    let mut names: Vec<_> =
        fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let all = names.len();
    names.retain(|name| !name.starts_with('.'));
    (names, all)
}

const FILE: &str = "lead-scores-run-7.jsonl";

#[tokio::test]
async fn the_file_appears_whole_at_the_end_of_the_run() {
    let home = TempDir::new().unwrap();
    let files = folder(home.path(), "jsonl");
    let first = send(&*files, &records(), &[row(1, r#"{"id":1,"mrr":12.50,"n":9007199254740993}"#)]).await;
    assert_eq!(said(&first), ["delivered"]);
    assert_eq!(first.exchange.target, home.path().join(FILE).display().to_string());
    send(&*files, &records(), &[row(2, "{\"id\":2,\n \"name\":\"Zoë\\n\"}")]).await;
    assert!(names(home.path()).0.is_empty(), "a reader sees a file that is not finished");
    files.finish("lead-scores", 7).await.unwrap();
    assert_eq!(names(home.path()), (vec![FILE.to_owned()], 1));
    let text = fs::read_to_string(home.path().join(FILE)).unwrap();
    assert_eq!(text, "{\"id\":1,\"mrr\":12.50,\"n\":9007199254740993}\n{\"id\":2,  \"name\":\"Zoë\\n\"}\n");
    files.finish("lead-scores", 7).await.unwrap();
}

#[tokio::test]
async fn a_repeat_adds_nothing_also_after_a_crash_in_the_middle_of_a_line() {
    let home = TempDir::new().unwrap();
    let batch = [row(1, r#"{"id":1}"#), row(2, r#"{"id":2}"#)];
    let files = folder(home.path(), "jsonl");
    send(&*files, &records(), &batch).await;
    let repeat = send(&*files, &records(), &batch).await;
    assert_eq!(said(&repeat), ["delivered", "delivered"]);
    assert_eq!(repeat.exchange.answer, "0 lines added, 2 were there already");
    drop(files);
    let part = home.path().join(format!(".{FILE}.part"));
    fs::OpenOptions::new().append(true).open(part).unwrap().write_all(b"{\"id\":3}\n{\"id\":").unwrap();
    let journal = home.path().join(format!(".{FILE}.ids"));
    fs::OpenOptions::new().append(true).open(journal).unwrap().write_all(b"99 3").unwrap();
    let files = folder(home.path(), "jsonl");
    send(&*files, &records(), &[row(2, r#"{"id":2}"#), row(3, r#"{"id":3}"#)]).await;
    files.finish("lead-scores", 7).await.unwrap();
    let text = fs::read_to_string(home.path().join(FILE)).unwrap();
    assert_eq!(text, "{\"id\":1}\n{\"id\":2}\n{\"id\":3}\n");
}

#[tokio::test]
async fn what_a_crash_left_is_finished_by_the_next_run_and_other_syncs_are_left_alone() {
    let home = TempDir::new().unwrap();
    for name in [".lead-scores-run-6.jsonl", ".other-run-6.jsonl", ".lead-scores-run-6-run-1.jsonl"] {
        fs::write(home.path().join(format!("{name}.part")), "{\"id\":1}\n{\"i").unwrap();
        fs::write(home.path().join(format!("{name}.ids")), "9 1\n").unwrap();
    }
    let files = folder(home.path(), "jsonl");
    send(&*files, &records(), &[row(2, r#"{"id":2}"#)]).await;
    assert_eq!(names(home.path()).0, ["lead-scores-run-6.jsonl"]);
    assert_eq!(fs::read_to_string(home.path().join("lead-scores-run-6.jsonl")).unwrap(), "{\"id\":1}\n");
    files.finish("lead-scores", 7).await.unwrap();
    assert_eq!(names(home.path()), (vec!["lead-scores-run-6.jsonl".to_owned(), FILE.to_owned()], 6));
}

#[tokio::test]
async fn a_finished_file_is_never_touched_again() {
    let home = TempDir::new().unwrap();
    let files = folder(home.path(), "jsonl");
    for id in [1, 2] {
        send(&*files, &records(), &[row(id, &format!("{{\"id\":{id}}}"))]).await;
        files.finish("lead-scores", 7).await.unwrap();
    }
    assert_eq!(fs::read_to_string(home.path().join(FILE)).unwrap(), "{\"id\":1}\n");
    assert_eq!(fs::read_to_string(home.path().join("lead-scores-run-7-2.jsonl")).unwrap(), "{\"id\":2}\n");
}

#[tokio::test]
async fn csv_has_every_column_of_the_run_and_quotes_what_needs_it() {
    let home = TempDir::new().unwrap();
    let files = folder(home.path(), "csv");
    let rows = [
        row(
            1,
            r#"{"id":1,"name":"Ana \"A\", Zoë","mrr":12.50,"address":{"city":"Porto","geo":{"lat":41.10}},"tags":["a","b"]}"#,
        ),
        row(2, r#"{"id":2,"name":null,"note":"two\nlines","ok":true}"#),
    ];
    send(&*files, &records(), &rows).await;
    send(&*files, &records(), &[row(3, r#"{"id":3}"#).to(Operation::Delete)]).await;
    files.finish("lead-scores", 7).await.unwrap();
    assert_eq!(names(home.path()), (vec!["lead-scores-run-7.csv".to_owned()], 1));
    assert_eq!(
        fs::read_to_string(home.path().join("lead-scores-run-7.csv")).unwrap(),
        concat!(
            "id,name,mrr,address.city,address.geo.lat,tags,note,ok,_operation\r\n",
            "1,\"Ana \"\"A\"\", Zoë\",12.50,Porto,41.10,\"[\"\"a\"\",\"\"b\"\"]\",,,\r\n",
            "2,,,,,,\"two\nlines\",true,\r\n",
            "3,,,,,,,,delete\r\n",
        )
    );
}

#[tokio::test]
async fn events_and_removed_rows_are_told_in_the_line() {
    let home = TempDir::new().unwrap();
    let files = folder(home.path(), "jsonl");
    send(&*files, &Shape::Identify, &[row(1, r#"{"type":"identify","userId":"u_1","traits":{}}"#)]).await;
    send(&*files, &records(), &[row(2, r#"{"id":2,"mrr":null}"#).to(Operation::Clear)]).await;
    files.finish("lead-scores", 7).await.unwrap();
    let text = fs::read_to_string(home.path().join(FILE)).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines[0],
        r#"{"messageId":"00000000-0000-8000-8000-000000000001","timestamp":"2026-11-22T11:59:58.250Z","channel":"server","type":"identify","userId":"u_1","traits":{}}"#
    );
    assert_eq!(lines[1], r#"{"_operation":"clear","id":2,"mrr":null}"#);
}

#[tokio::test]
async fn what_a_spreadsheet_would_compute_is_text_on_request() {
    for (formulas, cell) in [("keep", "=1+1"), ("escape", "'=1+1")] {
        let home = TempDir::new().unwrap();
        let files = folder_with(home.path(), "csv", &[("formulas", formulas)]);
        let rows = [row(1, r#"{"a":"=1+1","n":-12.50,"big":"-9007199254740993","deep":{"l":["=1"]}}"#)];
        send(&*files, &records(), &rows).await;
        files.finish("lead-scores", 7).await.unwrap();
        assert_eq!(
            fs::read_to_string(home.path().join("lead-scores-run-7.csv")).unwrap(),
            format!("a,n,big,deep.l\r\n{cell},-12.50,-9007199254740993,\"[\"\"=1\"\"]\"\r\n")
        );
    }
}

#[tokio::test]
async fn a_folder_that_is_not_there_stops_the_sync_with_the_way_out() {
    let home = TempDir::new().unwrap();
    fs::write(home.path().join("plain"), "").unwrap();
    for missing in ["absent/exports", "plain"] {
        let path = home.path().join(missing);
        let files = folder(&path, "jsonl");
        let delivery = send(&*files, &records(), &[row(1, r#"{"id":1}"#)]).await;
        let (way, error) = answered(&delivery);
        assert_eq!((way, error.unwrap().kind()), ("stop", ErrorKind::MissingObject));
        let error = error.unwrap();
        assert!(error.hint().contains("choose another"));
        assert!(error.message().contains(&format!("“{}”", path.display())), "{error:?}");
        assert!(delivery.exchange.never_left, "nothing was written");
        let listen = |_: &Step| {};
        let mut steps = Steps::new(super::manifest::MANIFEST.steps, &listen);
        assert_eq!(files.check(&mut steps).await.unwrap_err().message(), error.message());
        assert!(matches!(steps.finish()[0].result, StepResult::Failed(_)));
    }
}

#[tokio::test]
async fn a_folder_whose_last_name_is_missing_is_made_by_the_first_run_and_not_by_the_test() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("exports");
    let files = folder(&path, "jsonl");
    let listen = |_: &Step| {};
    files.check(&mut Steps::new(super::manifest::MANIFEST.steps, &listen)).await.unwrap();
    assert!(!path.exists(), "a test changes nothing");
    send(&*files, &records(), &[row(1, r#"{"id":1}"#)]).await;
    files.finish("lead-scores", 7).await.unwrap();
    assert_eq!(names(&path).0, [FILE]);
}

#[test]
fn each_failure_of_the_disk_is_told_apart() {
    use std::io::ErrorKind as Io;
    let cases = [
        (Io::StorageFull, ErrorKind::DiskFull),
        (Io::QuotaExceeded, ErrorKind::DiskFull),
        (Io::PermissionDenied, ErrorKind::NotAllowed),
        (Io::ReadOnlyFilesystem, ErrorKind::NotAllowed),
        (Io::NotFound, ErrorKind::MissingObject),
        (Io::Other, ErrorKind::Storage),
    ];
    let folder = Path::new("/exports");
    for (theirs, ours) in cases {
        assert_eq!(super::error::failed(folder, &folder.join("a.csv"), theirs.into()).kind(), ours);
    }
}

#[tokio::test]
async fn the_test_leaves_nothing_behind() {
    let home = TempDir::new().unwrap();
    let listen = |_: &Step| {};
    let mut steps = Steps::new(super::manifest::MANIFEST.steps, &listen);
    folder(home.path(), "jsonl").check(&mut steps).await.unwrap();
    assert_eq!(names(home.path()).1, 0);
}
