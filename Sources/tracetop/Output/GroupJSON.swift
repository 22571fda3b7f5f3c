import Ingest
import Store

/// Groups as JSON: `{"by":…,"rows":[…]}`, times in milliseconds as numbers, null where nothing is known.
enum GroupJSON {
  static func of(_ table: GroupTable, by key: String) -> [UInt8] {
    var json = JSONWriter()
    json.object { json in
      json.member("by", key)
      // What is not set is a row like the others, and its value is null.
      json.array("rows", table.rows + [table.notSet].compactMap(\.self)) { json, row in
        json.object { write(row, to: &$0) }
      }
      json.member("traces", table.traces)
      json.member("errors", table.errors)
      json.member("values", table.values)
      json.member("values_at_least", table.isAtLeast)
      json.member("scaled", table.isScaled)
      json.member("quantile_error", GroupTable.quantileError)
      json.key("others")
      if let others = table.others { json.object { write(others, to: &$0) } } else { json.null() }
    }
    return json.bytes + [UInt8(ascii: "\n")]
  }

  private static func write(_ row: GroupTable.Row, to json: inout JSONWriter) {
    json.member("value", row.value)
    json.member("traces", row.traces)
    json.member("errors", row.errors)
    json.member("error_rate", row.errorRate)
    json.member("p50_ms", row.p50?.milliseconds)
    json.member("p95_ms", row.p95?.milliseconds)
    json.member("p99_ms", row.p99?.milliseconds)
    json.member("tokens", row.tokens)
    json.member("cost_usd", row.costUSD)
    json.member("first_error_unix_nano", row.firstError?.rawValue)
  }
}
