import NIOHPACK

/// The header blocks of answers; the usual ones are made once.
enum GRPCHeaders {
  /// What precedes the first message.
  static let opening = HPACKHeaders([
    (":status", "200"), ("content-type", "application/grpc"),
  ])

  /// What ends a call that went well.
  static let succeeded = HPACKHeaders([("grpc-status", "0")])

  /// What ends a call that has sent messages.
  static func trailers(_ status: GRPCStatus) -> HPACKHeaders {
    status == .ok ? succeeded : HPACKHeaders(fields(status))
  }

  /// Headers and trailers in one, for a call that has sent nothing.
  static func trailersOnly(_ status: GRPCStatus) -> HPACKHeaders {
    var fields = fields(status)
    fields.insert((":status", "200"), at: 0)
    fields.insert(("content-type", "application/grpc"), at: 1)
    if status.code == .unimplemented {
      fields.append(("grpc-accept-encoding", ContentEncoding.accepted))
    }
    return HPACKHeaders(fields)
  }

  /// The answer to something that is not gRPC.
  static func http(_ code: Int, _ status: GRPCStatus) -> HPACKHeaders {
    HPACKHeaders([(":status", "\(code)")] + fields(status))
  }

  private static func fields(_ status: GRPCStatus) -> [(String, String)] {
    var fields = [("grpc-status", "\(status.code.rawValue)")]
    if !status.message.isEmpty { fields.append(("grpc-message", status.encodedMessage)) }
    if status.retryDelayMilliseconds != nil {
      fields.append(("grpc-status-details-bin", ExportResponse.details(of: status)))
    }
    return fields
  }
}

extension GRPCRequestHead {
  /// Reads what matters from a header block, in one pass.
  init(_ headers: HPACKHeaders) {
    for (name, value, _) in headers {
      switch name {
      case ":method": method = value
      case ":path": path = value
      case "content-type": contentType = value
      case "te": te = value
      case "grpc-encoding": encoding = value
      case "authorization": authorization = value
      default: break
      }
    }
  }
}
