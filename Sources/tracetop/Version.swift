/// The program's version, as `--version` and `status` say it.
enum Version {
  static let text = "0.1.0"
}
