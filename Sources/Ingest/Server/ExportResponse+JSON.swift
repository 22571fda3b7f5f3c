import Store

/// The bodies of answers to requests in OTLP/JSON: the same messages by protobuf's JSON mapping.
extension ExportResponse {
  /// `{}` for success, or the partial success; 64-bit numbers are strings.
  static func json(of outcome: ExportOutcome, _ signal: Signal) -> [UInt8] {
    var json = JSONWriter(isIndented: false)
    json.object { json in
      guard case .partial(_, let rejected, let reason) = outcome else { return }
      json.object("partialSuccess") { json in
        json.member(rejectedName(signal), String(max(0, rejected)))
        json.member("errorMessage", reason)
      }
    }
    return json.bytes
  }

  private static func rejectedName(_ signal: Signal) -> String {
    switch signal {
    case .traces: "rejectedSpans"
    case .logs: "rejectedLogRecords"
    case .metrics: "rejectedDataPoints"
    }
  }

  /// `google.rpc.Status`; its delay is a `RetryInfo` whose duration is a string of seconds.
  static func json(_ status: GRPCStatus) -> [UInt8] {
    var json = JSONWriter(isIndented: false)
    json.object { json in
      json.member("code", status.code.rawValue)
      json.member("message", status.message)
      guard let delay = status.retryDelayMilliseconds else { return }
      json.array("details", [delay]) { json, delay in
        json.object { json in
          json.member("@type", retryInfoType)
          json.member("retryDelay", seconds(delay))
        }
      }
    }
    return json.bytes
  }

  /// `1s`, or `1.500s`: seconds with none or three decimals, as protobuf's Duration is written.
  private static func seconds(_ milliseconds: Int) -> String {
    let thousandths = String(1_000 + milliseconds % 1_000).dropFirst()
    return milliseconds % 1_000 == 0
      ? "\(milliseconds / 1_000)s" : "\(milliseconds / 1_000).\(thousandths)s"
  }
}
