use super::*;

#[test]
fn defaults_of_variables() {
    for (text, expected) in [
        ("${TAG:-latest}", "latest"),
        ("a:${TAG-1}", "a:1"),
        ("${A:-${B:-c}}:1", "c:1"),
        ("${HOST}:80:${PORT:?set it}", "$HOST:80:$PORT"),
        ("a}", "a}"),
        ("plain", "plain"),
    ] {
        assert_eq!(with_defaults(text), expected, "{text}");
    }
}

#[test]
fn ports_in_short() {
    let port =
        |text: &str| compose::short_port(text, Span::default()).map(|port| (port.host, port.published, port.target));
    let of =
        |host: &str, published: &str, target: &str| Some((host.to_owned(), published.to_owned(), target.to_owned()));
    assert_eq!(port("80:8080"), of("", "80", "8080"));
    assert_eq!(port("127.0.0.1:80:8080/tcp"), of("127.0.0.1", "80", "8080"));
    assert_eq!(port("${H:-127.0.0.1}:${P:-80}:8080"), of("127.0.0.1", "80", "8080"));
    assert_eq!(port("[::1]:80:8080"), of("::1", "80", "8080"));
    assert_eq!(port("8080"), of("", "", "8080"));
    assert_eq!(port("none"), None);
}

#[test]
fn mounts_in_short() {
    let mount = |text: &str| compose::short_mount(text, Span::default()).map(|mount| (mount.source, mount.read_only));
    assert_eq!(mount("/:/host:ro,z"), Some(("/".to_owned(), true)));
    assert_eq!(mount("~/.ssh:/ssh"), Some(("~/.ssh".to_owned(), false)));
    assert_eq!(mount("C:\\Users:/data"), Some(("C:\\Users".to_owned(), false)));
    assert_eq!(mount("named:/data"), None);
    assert_eq!(mount("/data"), None);
}
