//! Ways to abuse WASI: each either never comes back, or reports what the host answered.

use portcullis_policy::{Error, Finding, Judgement};
use wasip2::cli::stdout::get_stdout;
use wasip2::clocks::{monotonic_clock, wall_clock};
use wasip2::http::{outgoing_handler, types};
use wasip2::io::poll;
use wasip2::io::streams::OutputStream;
use wasip2::sockets::network::IpAddressFamily;
use wasip2::sockets::{instance_network, ip_name_lookup, tcp_create_socket, udp_create_socket};
use wasip2::{cli, filesystem, random};

/// Does what a word says.
pub fn run(attack: &str) -> Result<Judgement, Error> {
    match attack {
        "lines" => forever(|| println!("{}", "x".repeat(100))),
        "one-line" => {
            let piece = vec![b'x'; 1 << 20];
            let stdout = get_stdout();
            forever(|| stdout.write(&piece))
        }
        "zeroes" => stdout(|stream| stream.write_zeroes(u64::MAX).is_ok()),
        "blocking-zeroes" => stdout(|stream| stream.blocking_write_zeroes_and_flush(u64::MAX).is_ok()),
        "splice" => stdout(|stream| stream.blocking_splice(&cli::stdin::get_stdin(), u64::MAX).is_ok()),
        "skip" => stdout(|_| cli::stdin::get_stdin().blocking_skip(u64::MAX).is_ok()),
        "random" => Err(format!("{} bytes", random::random::get_random_bytes(1 << 40).len()).into()),
        "random-bytes" => forever(|| random::insecure::get_insecure_random_bytes(1 << 16)),
        "random-numbers" => forever(|| random::random::get_random_u64()),
        "seeds" => forever(|| random::insecure_seed::insecure_seed()),
        "clock" => forever(|| wall_clock::now()),
        "environment" => forever(|| cli::environment::get_environment()),
        "folders" => forever(|| filesystem::preopens::get_directories()),
        "socket" => forever(|| tcp_create_socket::create_tcp_socket(IpAddressFamily::Ipv4)),
        "streams" => {
            let mut held = Vec::new();
            forever(|| held.push(get_stdout()))
        }
        "poll" => {
            let timer = monotonic_clock::subscribe_duration(u64::MAX);
            forever(|| timer.block())
        }
        "poll-timers" => forever(|| monotonic_clock::subscribe_duration(u64::MAX).block()),
        "poll-many" => {
            let timer = monotonic_clock::subscribe_duration(u64::MAX);
            Err(format!("{} are ready", poll::poll(&vec![&timer; 100_000]).len()).into())
        }
        "poll-nothing" => Err(format!("{} are ready", poll::poll(&[]).len()).into()),
        "exit" => std::process::exit(0),
        "panic" => panic!("in a policy with the whole standard library"),
        "sleep" => {
            monotonic_clock::subscribe_instant(u64::MAX).block();
            // The streams outlive what is subscribed to them, as they must.
            let (stdout, stdin) = (get_stdout(), cli::stdin::get_stdin());
            let (output, input) = (stdout.subscribe(), stdin.subscribe());
            let ready = poll::poll(&[&output, &input, &output]);
            answered("slept", if ready == [0, 1, 2] { "at once".into() } else { format!("{ready:?}") })
        }
        "sockets" => network(),
        "http" => request(),
        other => Err(format!("no attack is called {other}").into()),
    }
}

/// Ends by a limit or not at all.
fn forever<T>(mut act: impl FnMut() -> T) -> ! {
    loop {
        drop(act());
    }
}

fn stdout(act: impl FnOnce(OutputStream) -> bool) -> Result<Judgement, Error> {
    answered("stream", if act(get_stdout()) { "done".into() } else { "refused".into() })
}

/// What the host answered, as a finding that blocks.
fn answered(what: &str, answer: String) -> Result<Judgement, Error> {
    Ok(Judgement::fail(Finding::error(what, answer)))
}

fn network() -> Result<Judgement, Error> {
    let network = instance_network::instance_network();
    let tcp = tcp_create_socket::create_tcp_socket(IpAddressFamily::Ipv4).err();
    let udp = udp_create_socket::create_udp_socket(IpAddressFamily::Ipv6).err();
    let name = ip_name_lookup::resolve_addresses(&network, "localhost").err();
    answered("sockets", format!("tcp {tcp:?}, udp {udp:?}, name {name:?}"))
}

/// Puts a whole request together and sends it.
fn request() -> Result<Judgement, Error> {
    let headers = types::Fields::from_list(&[("accept".to_owned(), b"*/*".to_vec())]).map_err(|_| "no headers")?;
    let request = types::OutgoingRequest::new(headers);
    request.set_method(&types::Method::Post).map_err(|()| "no method")?;
    request.set_scheme(Some(&types::Scheme::Http)).map_err(|()| "no scheme")?;
    request.set_authority(Some("127.0.0.1:9")).map_err(|()| "no authority")?;
    let body = request.body().map_err(|()| "no body")?;
    let stream = body.write().map_err(|()| "no stream of the body")?;
    stream.blocking_write_and_flush(b"secrets").map_err(|error| format!("the body takes nothing: {error:?}"))?;
    drop(stream);
    types::OutgoingBody::finish(body, None).map_err(|error| format!("the body does not end: {error:?}"))?;
    let options = types::RequestOptions::new();
    options.set_connect_timeout(Some(1)).map_err(|()| "no timeout")?;
    match outgoing_handler::handle(request, Some(options)) {
        Ok(response) => {
            response.subscribe().block();
            answered("http", format!("sent: {:?}", response.get().is_some()))
        }
        Err(error) => answered("http", format!("{error:?}")),
    }
}
