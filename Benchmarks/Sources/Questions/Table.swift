import Glibc

/// Measures and prints, a row for each question.
final class Table {
  private let isLarge: Bool
  private let wanted: String
  private(set) var hasFailed = false

  init(isLarge: Bool, wanted: String) {
    self.isLarge = isLarge
    self.wanted = wanted
  }

  func begin(_ held: Held) {
    print(held.description)
    print("")
    print(line("question", "at most", "median", "least", "rows looked at", "answer"))
    print(line("---", "---", "---", "---", "---", "---"))
  }

  private func line(_ cells: String...) -> String { "| " + cells.joined(separator: " | ") + " |" }

  /// What an answer is, and what was looked at for it.
  struct Answer {
    var text: String
    var rows: Int?
    /// Whether it is what it should be.
    var isRight = true
  }

  /// Asks a question at least five times, and for a second, and prints what it cost.
  ///
  /// - Parameters:
  ///   - most: the milliseconds that it may take, with a million spans and with ten.
  ///   - prepare: what is done before each time, unmeasured.
  func row<Input>(
    _ title: String, most: (Double, Double)? = nil, prepare: () -> Input,
    ask: (Input) -> Answer
  ) {
    guard wanted.isEmpty || title.contains(wanted) else { return }
    var times: [Int] = []
    var last = Answer(text: "")
    var spent = 0
    while times.count < 7 || (spent < 1_000_000_000 && times.count < 201) {
      let input = prepare()
      let start = Self.threadTime()
      last = ask(input)
      times.append(Self.threadTime() - start)
      spent += times[times.count - 1]
    }
    // The first warms caches up.
    times.removeFirst()
    times.sort()
    let gate = most.map { isLarge ? $0.1 : $0.0 }
    let median = Double(times[times.count / 2]) / 1e6
    let mark = gate.map { median > $0 ? " (!)" : "" } ?? ""
    let rows = last.rows.map { "\($0)" } ?? ""
    let answer = last.isRight ? last.text : "WRONG: \(last.text)"
    if !last.isRight { hasFailed = true }
    print(
      line(
        title, gate.map { "\(Self.text($0)) ms" } ?? "", "\(Self.text(median)) ms\(mark)",
        "\(Self.text(Double(times[0]) / 1e6)) ms", rows, answer))
    fflush(nil)
  }

  func row(_ title: String, most: (Double, Double)? = nil, ask: () -> Answer) {
    row(title, most: most, prepare: {}, ask: { _ in ask() })
  }

  /// Three digits or so.
  private static func text(_ milliseconds: Double) -> String {
    let places = milliseconds < 1 ? 1_000.0 : milliseconds < 10 ? 100 : 10
    let rounded = (milliseconds * places).rounded() / places
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }

  private static func threadTime() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}
