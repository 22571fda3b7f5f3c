import Store
import Support
import Testing

@testable import TUI

@Suite("Routes and filters, mouse and hold")
struct RouteMouseTests {
  private func opened() throws -> HeadlessApp {
    try RouteScreenTests.opened(Size(rows: 24, columns: 80))
  }

  private func mouse(_ kind: MouseEvent.Kind, row: Int, column: Int) -> Message {
    .key(.mouse(MouseEvent(kind: kind, row: row, column: column)))
  }

  private func row(of heading: String, in app: HeadlessApp) throws -> Int {
    let rows = app.text.split(separator: "\n", omittingEmptySubsequences: false)
    return try #require(rows.firstIndex { $0.hasPrefix(" \(heading)") })
  }

  @Test("A click selects the row and the column, in whichever table")
  func click() throws {
    var app = try opened()
    let routes = try row(of: "ROUTE ", in: app)
    app.send(mouse(.press, row: routes + 3, column: 65))
    #expect(app.state.routes?.focus == .routes)
    #expect(app.state.routes?.place(in: .routes).index == 2)
    #expect(app.state.routes?.place(in: .routes).column == .failed)
    let filters = try row(of: "FILTER ", in: app)
    app.send(mouse(.press, row: filters + 2, column: 3))
    #expect(app.state.routes?.focus == .steps)
    #expect(app.state.routes?.place(in: .steps).index == 1)
    // The row that was chosen in the other table stays.
    #expect(app.state.routes?.place(in: .routes).index == 2)
  }

  @Test("A click on a heading takes the column, and one below the tables nothing")
  func heading() throws {
    var app = try opened()
    let filters = try row(of: "FILTER ", in: app)
    app.send(mouse(.press, row: filters, column: 57))
    #expect(app.state.routes?.focus == .steps)
    #expect(app.state.routes?.place(in: .steps).index == 0)
    #expect(app.state.routes?.place(in: .steps).column == .denied)
    let before = app.state
    app.send(mouse(.press, row: 23, column: 10))
    app.send(mouse(.press, row: 0, column: 10))
    #expect(app.state == before)
  }

  @Test("A double click opens the traces that the figure counts")
  func doubleClick() throws {
    var app = try opened()
    let denied = try row(of: "DENIED BY", in: app)
    app.send(mouse(.doubleClick, row: denied + 1, column: 66))
    #expect(app.state.screen == .traces)
    #expect(app.state.list.count == app.state.routes?.table?.denials.first?.count)
    app.press("Esc")
    #expect(app.state.screen == .routes)
    #expect(app.state.routes?.focus == .denials)
  }

  @Test("The wheel scrolls the table under the pointer and leaves the keys where they are")
  func wheel() throws {
    var app = try opened()
    let filters = try row(of: "FILTER ", in: app)
    app.send(mouse(.wheelDown, row: filters + 1, column: 5))
    #expect(app.state.routes?.place(in: .steps).top == 3)
    #expect(app.state.routes?.place(in: .routes).top == 0)
    #expect(app.state.routes?.focus == .routes)
    for _ in 0..<40 { app.send(mouse(.wheelDown, row: filters + 1, column: 5)) }
    let steps = try #require(app.state.routes?.table?.steps.count)
    #expect(app.state.routes?.place(in: .steps).top ?? 0 < steps)
    for _ in 0..<40 { app.send(mouse(.wheelUp, row: filters + 1, column: 5)) }
    #expect(app.state.routes?.place(in: .steps).top == 0)
  }

  @Test("On hold the figures stay as they are, the keys work, and what came is shown afterwards")
  func hold() throws {
    let captured = try CapturedStore.load(["plano"])
    var app = HeadlessApp(store: captured.store, now: captured.now)
    app.press("r", "]", "]", "]", "Space")
    #expect(app.text.contains("on hold"))
    let before = app.state.routes?.table
    let batch = SpanBatch()
    for span in SplitRequest.edge + SplitRequest.first { batch.add(span) }
    _ = captured.store.append(batch)
    _ = captured.store.settledSnapshot()
    app.refresh()
    #expect(app.state.routes?.table == before)
    app.press("j", "Tab")
    #expect(app.state.routes?.table == before)
    app.press("Space")
    #expect(app.state.routes?.table != before)
    #expect(!app.text.contains("on hold"))
  }

  @Test("With the mouse off, clicks are the terminal's: F2 says so")
  func off() throws {
    var app = try opened()
    app.press("F2")
    #expect(app.effects.contains(.setMouse(false)))
    #expect(app.text.contains("mouse off"))
  }
}
