import Store

/// What stands in place of rows when there are none: how to get some.
struct EmptyListView {
  let context: ViewContext
  let source: SourceStatus
  let area: Rect

  // MARK: - Nothing received

  func drawWaiting(into frame: inout Frame) {
    var lines: [StyledLine]
    switch source.connection {
    case .listening: lines = waitingLines
    case .attached(let address):
      lines = [[("No spans yet", .title)], [], [("The collector at ", .text), (address, .value)]]
      lines += [[("has received nothing so far. Traces appear here as they arrive.", .text)]]
    case .disconnected(let address, _):
      lines = [[("The collector is gone", .error)], [], [("Trying ", .text), (address, .value)]]
      lines += [[("again and again; its traces appear here when it is back.", .text)]]
    case .file(let name) where source.reading?.isDone == false:
      lines = [[("Reading ", .title), (name, .value)]]
    case .file(let name):
      lines = [[("No spans in ", .title), (name, .value)]]
    }
    draw(lines, into: &frame)
  }

  private var waitingLines: [StyledLine] {
    var lines: [StyledLine] = [[("Waiting for spans", .title.bold)], []]
    for (index, endpoint) in source.endpoints.enumerated() {
      let parts = endpoint.split(separator: " ", maxSplits: 1)
      let name = parts.first.map(String.init) ?? endpoint
      let address = parts.count > 1 ? String(parts[1]) : ""
      let gap = String(repeating: " ", count: max(1, 6 - name.count))
      lines.append([
        (index == 0 ? "listening on  " : "              ", .dim), (name + gap, .text),
        (address, .value),
      ])
    }
    if let endpoint = exporterEndpoint {
      lines += [
        [], [("Send traces from any OpenTelemetry SDK, Plano or ContextForge:", .text)], [],
        [("  export OTEL_EXPORTER_OTLP_ENDPOINT=\(endpoint)", .value)],
      ]
    }
    let key = Keymap.key(for: .demo, on: .traces)?.name ?? "D"
    lines += [[], [("Or press ", .text), (key, .helpKey), (" to watch demo traffic.", .text)]]
    return lines
  }

  /// What an SDK is given: the gRPC address, which is what most of them speak by default, else the
  /// HTTP one.
  private var exporterEndpoint: String? {
    for name in ["grpc ", "http "] {
      if let endpoint = source.endpoints.first(where: { $0.hasPrefix(name) }) {
        return "http://\(endpoint.dropFirst(name.count))"
      }
    }
    return nil
  }

  // MARK: - Nothing matches

  func drawNoMatch(_ filter: String, list: TraceListState, canUndo: Bool, into frame: inout Frame) {
    var lines: [StyledLine] = [
      [("No trace matches  ", .title), (filter, .prompt)], [],
      [
        (
          list.tracesHeld == 1
            ? "1 trace is held." : "\(Format.grouped(UInt64(list.tracesHeld))) traces are held.",
          .text
        )
      ],
    ]
    for key in list.unknownKeys.prefix(3) {
      let notice = Completion.notice(ofUnknownKey: key, among: context.snapshot.keys())
      lines.append([(notice, .text)])
    }
    lines.append([])
    if canUndo { lines.append([("u    ", .helpKey), ("undo the last change", .text)]) }
    lines += [
      [("Esc  ", .helpKey), ("take the filter off", .text)],
      [("/    ", .helpKey), ("edit it", .text)],
    ]
    draw(lines, into: &frame)
  }

  func drawSearching(into frame: inout Frame) {
    draw([[("Searching", .dim)]], into: &frame)
  }

  private func draw(_ lines: [StyledLine], into frame: inout Frame) {
    frame.putBlock(lines, in: area)
  }
}
