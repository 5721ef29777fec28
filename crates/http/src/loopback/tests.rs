//! The address that is opened, where this machine does not have the first choice.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

/// Of a network that is for documentation only, so that no machine has it (RFC 5737).
const NOWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 0);

#[tokio::test]
async fn where_there_is_no_ipv4_the_address_is_that_of_ipv6_and_it_serves() {
    let v6 = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
    let listener = LoopbackListener::bind_either(NOWHERE, v6).await.unwrap();
    let (url, address) = (listener.base_url(), listener.address);
    assert_eq!(
        url.as_str(),
        format!("http://[::1]:{}/", address.port()),
        "the redirect of the sign-in begins with it"
    );
    let serving = listener.serve(Duration::from_secs(20), async |_| {
        Served::Done(Response::new("finished".to_owned()))
    });
    let visiting = async {
        let mut answers = Vec::new();
        for host in ["127.0.0.1", "[::1]"] {
            let port = address.port();
            let request = format!("GET / HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n");
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            answers.push(answer);
        }
        answers
    };
    let (served, answers) = tokio::join!(serving, visiting);
    served.unwrap();
    assert!(answers[0].starts_with("HTTP/1.1 404"), "{answers:?}");
    assert!(answers[1].ends_with("finished"), "{answers:?}");
}

#[tokio::test]
async fn a_port_in_use_is_no_reason_to_take_the_other_address() {
    let first = LoopbackListener::bind(None).await.unwrap();
    let other = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let error = LoopbackListener::bind_either(first.address, other).await;
    let text = error.unwrap_err().to_string();
    assert!(text.contains(&first.address.to_string()), "{text}");
}
