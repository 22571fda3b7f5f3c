import Store
import Support
import Testing

@testable import TUI

/// A request whose spans disagree about its tenant, its user and its model.
@Suite("Values that conflict within a request are all shown")
struct ContestedValueTests {
  static var trace: [SpanRecord] {
    TraceBuilder {
      root("POST /v1/chat/completions", 900.ms, service: "plano(inbound)") {
        child("listener", 880.ms, service: "plano(orchestrator)") {
          child("execute_raw_filter (guard)", 90.ms, service: "plano(filter)") {
            child(
              "POST /v1/chat/completions fast -> openai/gpt-4o-mini", 80.ms, service: "plano(llm)"
            )
            .attributes(["llm.model": "openai/gpt-4o-mini", "tenant.id": "globex"])
          }
          child("planner /v1/chat/completions", 700.ms, service: "plano(agent)") {
            child("POST /v1/chat/completions smart -> openai/gpt-5", 650.ms, service: "plano(llm)")
              .attributes([
                "llm.model": "openai/gpt-5", "tenant.id": "initech", "user.id": "ada",
              ])
          }
          .attributes(["agent_id": "planner", "tenant.id": "acme", "user.id": "bob"])
        }
      }
    }.spans
  }

  private func driver(_ columns: Int = 120) -> ScreenDriver {
    ScreenDriver([Self.trace], size: Size(rows: 40, columns: columns))
  }

  @Test("The list marks them, and names the model of the call that counts")
  func list() {
    let row = driver().row(4)
    #expect(row.contains("globex+ "))
    #expect(row.contains("bob+ "))
    #expect(row.contains("smart→gpt-5+ "))
  }

  @Test("The mark stays where the value is cut")
  func cut() {
    let row = driver(80).row(4)
    #expect(row.contains("smart→gpt-5+ ") || row.contains("…+ "))
  }

  @Test("The preview has every tenant and user, and the same model as the row")
  func preview() {
    let text = driver(120).screen
    #expect(text.contains("smart → openai/gpt-5"))
    #expect(text.contains("tenants globex, acme, initech"))
    #expect(text.contains("users bob, ada"))
  }

  @Test("The waterfall's head says how many more there are")
  func head() {
    var driver = driver()
    driver.press("Enter")
    #expect(driver.row(1).contains("globex+2 / bob+1"))
  }

  @Test("The details have each with the span and key that say so")
  func details() {
    var driver = driver()
    driver.press("Enter", "Tab")
    for line in [
      ("tenant 1 of 3", "globex", "plano(llm)"), ("tenant 2 of 3", "acme", "plano(agent)"),
      ("tenant 3 of 3", "initech", "plano(llm)"),
      ("user 1 of 2", "bob", "plano(agent) user.id"), ("user 2 of 2", "ada", "plano(llm) user.id"),
      ("model 1 of 2", "openai/gpt-4o-mini", ""), ("model 2 of 2", "openai/gpt-5", "plano(llm)"),
    ] {
      let isThere = driver.screen.split(separator: "\n").contains {
        $0.contains(line.0) && $0.contains(line.1) && $0.contains(line.2)
      }
      #expect(isThere, "\(line) is not on the screen:\n\(driver.screen)")
    }
  }

  @Test("= on the model keeps requests of the model that is shown")
  func filter() {
    var joined = JoinedApp([Self.trace, SplitRequest.edge], size: Size(rows: 24, columns: 120))
    for _ in 0..<6 { joined.app.press("l") }
    joined.app.press("=")
    #expect(joined.app.state.filter.text == "model=openai/gpt-5")
    #expect(joined.app.state.list.count == 1)
  }

  @Test("A model that answered under its dated name is the one that was asked for")
  func dated() {
    for (asked, model, shown) in [
      ("openai/gpt-5.2", "gpt-5.2-2025-12-11", "gpt-5.2"),
      ("gpt-4o", "gpt-4o-mini", "gpt-4o→gpt-4o-mini"), ("gpt-4o", "gpt-4o", "gpt-4o"),
      ("gpt-4", "gpt-4-", "gpt-4→gpt-4-"), ("gpt", "gpt5", "gpt→gpt5"),
    ] {
      let spans = TraceBuilder {
        root("call", service: "plano(llm)")
          .attributes(["model.requested": .string(asked), "llm.model": .string(model)])
      }.spans
      let row = ScreenDriver([spans], size: Size(rows: 24, columns: 120)).row(4)
      #expect(row.contains(" \(shown) "), "\(row)")
    }
  }
}

@Suite("When stories are told")
struct TellingTests {
  private static func asked(_ driver: ScreenDriver) -> Int {
    driver.effects.reduce(0) {
      if case .tell(let numbers, _) = $1 { $0 + numbers.count } else { $0 }
    }
  }

  @Test("A joined request that does not change is told once, however long one looks")
  func once() {
    var joined = JoinedApp(JoinedScreenTests.traces)
    joined.app.press("j")
    let told = joined.app.told
    for _ in 0..<20 { joined.app.refresh() }
    #expect(joined.app.told == told)
    joined.app.press("Enter")
    for _ in 0..<20 { joined.app.refresh() }
    #expect(joined.app.told == told)
  }

  @Test("Rows that name one of several models are told, each once; others are not")
  func models() {
    var traces: [[SpanRecord]] = []
    for number in 1...30 as ClosedRange<UInt64> {
      let isContested = number % 3 == 0
      traces.append(
        TraceBuilder(number: number) {
          root("POST /v1 a", 10.ms, service: "plano(llm)").attributes(["llm.model": "a"])
          root("POST /v1 b", 10.ms, service: "plano(llm)")
            .attributes(["llm.model": isContested ? "b" : "a"])
        }.spans)
    }
    var driver = ScreenDriver(traces, size: Size(rows: 60, columns: 120))
    // The selected row, and ten with two models.
    #expect(Self.asked(driver) <= 11)
    let before = Self.asked(driver)
    for _ in 0..<5 { driver.send(.tick(driver.now)) }
    #expect(Self.asked(driver) == before)
    #expect(before >= 10)
  }
}
