//! A policy built for `wasm32-wasip2` with the whole standard library: it tries what WASI offers and reports what it got,
//! or abuses it in one way.

mod attacks;

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::BuildHasher;
use std::io::Read;
use std::net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use portcullis_policy::{Error, Judgement, Measure, Policy};

struct Curious;

#[derive(serde::Deserialize)]
struct Parameters {
    attack: Option<String>,
}

impl Policy for Curious {
    type Parameters = Parameters;

    const PARAMETERS: &'static str = include_str!("../parameters.json");

    fn judge(parameters: Parameters) -> Result<Judgement, Error> {
        if let Some(attack) = parameters.attack {
            return attacks::run(&attack);
        }
        println!("printed on standard output");
        eprintln!("printed on standard error");
        let began = Instant::now();
        thread::sleep(Duration::from_secs(3600));
        let wall = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(-1.0, |age| age.as_secs_f64());
        let worked = |worked: bool| f64::from(u8::from(worked));
        let figures = [
            ("variables", std::env::vars().count() as f64),
            ("arguments", std::env::args().count() as f64),
            ("current_dir", worked(fs::read_dir(".").is_ok())),
            ("root", worked(fs::read_dir("/").is_ok())),
            ("passwd", worked(fs::read("/etc/passwd").is_ok())),
            ("write", worked(fs::write("made-by-a-policy", "x").is_ok())),
            ("tcp", worked(TcpStream::connect("127.0.0.1:9").is_ok())),
            ("listen", worked(TcpListener::bind("127.0.0.1:0").is_ok())),
            ("udp", worked(UdpSocket::bind("127.0.0.1:0").is_ok())),
            ("names", worked("localhost:80".to_socket_addrs().is_ok_and(|mut found| found.next().is_some()))),
            ("stdin", std::io::stdin().read_to_end(&mut Vec::new()).map_or(-1.0, |bytes| bytes as f64)),
            ("wall_clock", wall),
            ("elapsed", began.elapsed().as_secs_f64()),
            ("random", (RandomState::new().hash_one(1) >> 11) as f64),
        ];
        Ok(Judgement::pass().measures(figures.map(|(name, value)| Measure::new(name, value))))
    }
}

portcullis_policy::export!(gate, Curious);
