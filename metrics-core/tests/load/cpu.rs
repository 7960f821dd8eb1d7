//! A flood of the CPU: threads wait for cores, and tasks for workers.

use std::thread;
use std::time::{Duration, Instant};

use crate::server::{MIB, Moved, Server};

const LASTS: Duration = Duration::from_millis(1500);

#[test]
fn more_threads_than_cores_wait_for_them() {
    let server = Server::start();
    let cores = server
        .scrape()
        .value("process_available_cores", &[])
        .unwrap();
    let flood = |threads: usize| {
        server.under(|| {
            thread::scope(|scope| {
                let spinning: Vec<_> = (0..threads).map(|_| scope.spawn(|| spin(LASTS))).collect();
                // Threads that end take with them what nobody has read.
                let begun = Instant::now();
                while begun.elapsed() < LASTS {
                    server.scrape();
                    thread::sleep(Duration::from_millis(50));
                }
                // A scope waits for what its threads do, not for the threads.
                spinning.into_iter().for_each(|one| one.join().unwrap());
            });
        })
    };
    let idle = flood(0);
    let flooded = flood(cores as usize * 4);
    let waited = |moved: &Moved| moved.by("process_cpu_wait_seconds_total", &[]);
    // Of four threads a core, three wait.
    assert!(
        waited(&flooded) > LASTS.as_secs_f64(),
        "{}",
        waited(&flooded)
    );
    assert!(waited(&flooded) > 5.0 * waited(&idle));
    let used = |moved: &Moved| moved.by("process_cpu_seconds_total", &[]);
    assert!(used(&flooded) > 2.0 * used(&idle));
    if flooded.has("pressure_waiting_seconds_total") {
        let waiting =
            |resource| flooded.by("pressure_waiting_seconds_total", &[("resource", resource)]);
        assert!(waiting("cpu") > 0.3, "{}", waiting("cpu"));
        assert!(waiting("cpu") > waiting("memory"));
    }
    still(&flooded);
}

#[test]
fn a_flood_of_tasks_keeps_tasks_waiting_and_not_what_blocks() {
    let server = Server::start();
    let delays = |moved: &Moved, pool| {
        let pool = [("pool", pool)];
        let answers = moved.by("tokio_schedule_delay_seconds_count", &pool);
        let waited = moved.by("tokio_schedule_delay_seconds_sum", &pool);
        (answers, waited / answers.max(1.0))
    };
    let rest = server.under(|| thread::sleep(LASTS));
    let flooded = server.under(|| {
        let until = Instant::now() + LASTS * 2;
        for _ in 0..100 {
            server.handle().spawn(async move {
                while Instant::now() < until {
                    spin(Duration::from_millis(10));
                    tokio::task::yield_now().await;
                }
            });
        }
        thread::sleep(LASTS * 2);
        // Whoever waits now is answered, and counted.
        server.until("at rest", |scrape| {
            scrape.value("tokio_alive_tasks", &[]) <= Some(1.0)
        });
    });
    let (answers, waited) = delays(&flooded, "async");
    assert!(answers > 0.0 && waited > 0.1, "{answers} waited {waited}");
    assert!(waited > 5.0 * delays(&rest, "async").1);
    assert!(waited > 2.0 * delays(&flooded, "blocking").1);
    still(&flooded);
}

fn spin(lasts: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < lasts {
        std::hint::spin_loop();
    }
}

/// What a flood of the CPU has nothing to do with.
fn still(moved: &Moved) {
    assert_eq!(moved.by("process_open_fds", &[]), 0.0);
    assert_eq!(moved.by("process_threads", &[]), 0.0);
    let anon = moved.by("process_memory_bytes", &[("kind", "anon")]);
    assert!(anon < 16.0 * MIB, "{anon}");
}
