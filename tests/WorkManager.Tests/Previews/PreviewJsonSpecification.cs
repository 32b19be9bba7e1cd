using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Microsoft.EntityFrameworkCore;

namespace WorkManager.Tests.Previews;

/// <summary>The JSON of a preview as a whole: what a door sends to a reviewer or an agent.</summary>
public abstract class PreviewJsonSpecification(DatabaseFixture databases)
{
    [Fact, Trait("Promise", "P14")]
    public async Task A_preview_as_JSON_tells_all_of_it()
    {
        await using var app = await StockApp.StartAsync(databases);
        await app.SeedAsync(new Article { Name = "hammer", Maker = new Maker { City = "Kiel" }, Size = new Size { Width = 3 }, Secret = "s3cret" });
        await app.SeedAsync(
            new Article { Name = "ball", Kind = ArticleKind.Toy, Secret = "s4cret" }, new Price { Region = "north\u200B", Day = new DateOnly(2026, 3, 1), Amount = 5.0m });
        var name = "mallet";
        var runs = 0;
        app.Script.Ready = review => review.NotReady("The inventory is not\u2063 over.");
        app.Script.Apply = async (apply, db, token) =>
        {
            var hammer = await db.Articles.SingleAsync(a => a.Name == "hammer", token);
            (hammer.Name, hammer.Secret, hammer.UpdatedAt, hammer.Size.Width) = (name, "n3w", apply.Now.UtcDateTime, 10 + ++runs);
            db.Remove(await db.Articles.SingleAsync(a => a.Name == "ball", token));
            (await db.Prices.SingleAsync(token)).Amount = 7.5m;
            db.Add(new Shelf { Name = new string('x', 401) });
            await db.Database.ExecuteSqlRawAsync("UPDATE prices /* \u202E */ SET \"Region\" = \"Region\"", token);
            apply.Describe(WorkDiff.Between(
                new JsonObject { ["articles"] = 2, ["gone"] = true }, new JsonObject { ["articles"] = 1, ["note"] = new JsonArray("tag\U000E0041", @"C:\") }, "One\u00A0less."));
            app.Time.Advance(TimeSpan.FromSeconds(1.5));
        };
        var other = await app.SubmittedAsync("other");
        await app.Reviewer.PreviewAsync(other.Id);
        runs = 0;
        var order = await app.SubmittedAsync();
        var first = await app.Reviewer.PreviewAsync(order.Id);
        name = "mal\u202Elet";

        var preview = await app.Reviewer.PreviewAsync(order.Id, new() { Since = first.ContentHash, Verify = true });

        var json = preview.ToJson();
        json.Should().NotContain("s3cret").And.NotContain("s4cret").And.NotContain("n3w");
        Indented(json).Should().Be(
            $$"""
            {
              "orderId": "{{order.Id}}",
              "orderType": "stock.restock",
              "contentHash": "{{preview.ContentHash}}",
              "missingApprovals": 1,
              "createdAt": "2026-03-01T12:00:06+00:00",
              "tookMilliseconds": 1500,
              "isCutOff": false,
              "hiddenCharacters": [
                "U+00A0",
                "U+202E",
                "U+2063",
                "U+E0041"
              ],
              "obstacles": [
                {
                  "text": "The inventory is not\\u{2063} over.",
                  "hiddenCharacters": [
                    "U+2063"
                  ]
                }
              ],
              "tables": [
                {
                  "table": "shelves",
                  "added": 1,
                  "modified": 0,
                  "deleted": 0
                },
                {
                  "table": "articles",
                  "added": 0,
                  "modified": 1,
                  "deleted": 1
                },
                {
                  "table": "prices",
                  "added": 0,
                  "modified": 1,
                  "deleted": 0
                }
              ],
              "changes": [
                {
                  "table": "shelves",
                  "row": "new:shelves:1",
                  "kind": "added",
                  "values": [
                    {
                      "name": "Id",
                      "before": null,
                      "after": "new:shelves:1",
                      "isReviewed": true,
                      "isRedacted": false
                    },
                    {
                      "name": "AboveId",
                      "before": null,
                      "after": null,
                      "isReviewed": true,
                      "isRedacted": false
                    },
                    {
                      "name": "Name",
                      "before": null,
                      "after": "{{new string('x', 400)}}",
                      "afterLength": 401,
                      "isReviewed": true,
                      "isRedacted": false
                    }
                  ]
                },
                {
                  "table": "articles",
                  "row": "articles:1",
                  "kind": "modified",
                  "values": [
                    {
                      "name": "Name",
                      "before": "hammer",
                      "after": "mal\\u{202E}let",
                      "hiddenCharacters": [
                        "U+202E"
                      ],
                      "isReviewed": true,
                      "isRedacted": false
                    },
                    {
                      "name": "Secret",
                      "before": "(redacted)",
                      "after": "(redacted)",
                      "isReviewed": true,
                      "isRedacted": true
                    },
                    {
                      "name": "UpdatedAt",
                      "before": "0001-01-01T00:00:00",
                      "after": "2026-03-01T12:00:01.5Z",
                      "isReviewed": false,
                      "isRedacted": false
                    },
                    {
                      "name": "width",
                      "before": 3,
                      "after": 12,
                      "isReviewed": true,
                      "isRedacted": false
                    }
                  ]
                },
                {
                  "table": "prices",
                  "row": "prices:[\"north\\u200B\",\"2026-03-01\"]",
                  "kind": "modified",
                  "values": [
                    {
                      "name": "Amount",
                      "before": 5.0,
                      "after": 7.5,
                      "isReviewed": true,
                      "isRedacted": false
                    }
                  ]
                },
                {
                  "table": "articles",
                  "row": "articles:2",
                  "kind": "deleted",
                  "values": [
                    {
                      "name": "Id",
                      "before": 2,
                      "after": null,
                      "isReviewed": true,
                      "isRedacted": false
                    },
                    {
                      "name": "Kind",
                      "before": "Toy",
                      "after": null,
                      "isReviewed": true,
                      "isRedacted": false
                    },
                    {
                      "name": "Name",
                      "before": "ball",
                      "after": null,
                      "isReviewed": true,
                      "isRedacted": false
                    },
                    {
                      "name": "Remark",
                      "before": null,
                      "after": null,
                      "isReviewed": true,
                      "isRedacted": false
                    },
                    {
                      "name": "Secret",
                      "before": "(redacted)",
                      "after": null,
                      "isReviewed": true,
                      "isRedacted": true
                    },
                    {
                      "name": "UpdatedAt",
                      "before": "0001-01-01T00:00:00",
                      "after": null,
                      "isReviewed": false,
                      "isRedacted": false
                    },
                    {
                      "name": "Version",
                      "before": 0,
                      "after": null,
                      "isReviewed": false,
                      "isRedacted": false
                    },
                    {
                      "name": "width",
                      "before": 0,
                      "after": null,
                      "isReviewed": true,
                      "isRedacted": false
                    }
                  ]
                }
              ],
              "unseen": [
                {
                  "kind": "sql",
                  "sql": "UPDATE prices /* \\u{202E} */ SET \"Region\" = \"Region\"",
                  "hiddenCharacters": [
                    "U+202E"
                  ],
                  "rows": 1
                }
              ],
              "description": {
                "summary": "One\\u{00A0}less.",
                "hiddenCharacters": [
                  "U+00A0"
                ],
                "values": [
                  {
                    "name": "articles",
                    "before": 2,
                    "after": 1
                  },
                  {
                    "name": "gone",
                    "before": true
                  },
                  {
                    "name": "note",
                    "after": [
                      "tag\\u{E0041}",
                      "C:\\\\"
                    ],
                    "hiddenCharacters": [
                      "U+E0041"
                    ]
                  }
                ]
              },
              "overlappingOrders": [
                {
                  "orderId": "{{other.Id}}",
                  "orderType": "stock.restock",
                  "state": "submitted",
                  "rows": [
                    "articles:1",
                    "articles:2",
                    "prices:[\"north\\u200B\",\"2026-03-01\"]"
                  ],
                  "rowCount": 3
                }
              ],
              "since": [
                {
                  "row": "articles:1",
                  "name": "Name",
                  "reviewed": {
                    "before": "hammer",
                    "after": "mallet"
                  },
                  "now": {
                    "before": "hammer",
                    "after": "mal\\u{202E}let",
                    "hiddenCharacters": [
                      "U+202E"
                    ]
                  }
                },
                {
                  "row": "articles:1",
                  "name": "width",
                  "reviewed": {
                    "before": 3,
                    "after": 11
                  },
                  "now": {
                    "before": 3,
                    "after": 12
                  }
                }
              ],
              "notRepeatable": [
                {
                  "row": "articles:1",
                  "name": "width",
                  "reviewed": {
                    "before": 3,
                    "after": 12
                  },
                  "now": {
                    "before": 3,
                    "after": 13
                  }
                }
              ]
            }
            """);
    }

    private static string Indented(string json) =>
        JsonNode.Parse(json)!.ToJsonString(new JsonSerializerOptions { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}

public sealed class PreviewJsonOnSqlite(SqliteFixture databases) : PreviewJsonSpecification(databases), IOnSqlite;

public sealed class PreviewJsonOnPostgreSql(PostgreSqlFixture databases) : PreviewJsonSpecification(databases), IOnPostgreSql;
