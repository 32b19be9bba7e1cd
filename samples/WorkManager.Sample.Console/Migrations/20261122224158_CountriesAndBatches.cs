using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Countries.Migrations;

/// <summary>The host's own tables.</summary>
/// <remarks>
/// Written by <c>dotnet ef migrations add</c>. Then the column types were taken out of it, of its designer part and of the snapshot:
/// without them every provider takes its own, and one set of migrations serves SQLite and PostgreSQL.
/// </remarks>
public partial class CountriesAndBatches : Migration
{
    /// <inheritdoc />
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            name: "countries",
            columns: table => new
            {
                code = table.Column<string>(maxLength: 2, nullable: false),
                name = table.Column<string>(maxLength: 100, nullable: false),
                time_zones = table.Column<string>(nullable: false),
                updated_at = table.Column<DateTimeOffset>(nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_countries", x => x.code);
            });

        migrationBuilder.CreateTable(
            name: "import_batches",
            columns: table => new
            {
                id = table.Column<Guid>(nullable: false),
                run_id = table.Column<Guid>(nullable: false),
                work_order_id = table.Column<Guid>(nullable: false),
                title = table.Column<string>(maxLength: 100, nullable: false),
                countries = table.Column<int>(nullable: false),
                requested_at = table.Column<DateTimeOffset>(nullable: false)
            },
            constraints: table =>
            {
                table.PrimaryKey("PK_import_batches", x => x.id);
                table.ForeignKey(
                    name: "FK_import_batches_work_orders_work_order_id",
                    column: x => x.work_order_id,
                    principalTable: "work_orders",
                    principalColumn: "id",
                    onDelete: ReferentialAction.Cascade);
            });

        migrationBuilder.CreateIndex(
            name: "IX_import_batches_work_order_id",
            table: "import_batches",
            column: "work_order_id");

        migrationBuilder.CreateIndex(
            name: "import_batches_run_idx",
            table: "import_batches",
            column: "run_id");
    }

    /// <inheritdoc />
    protected override void Down(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.DropTable(
            name: "countries");

        migrationBuilder.DropTable(
            name: "import_batches");
    }
}
