package crm_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
	"github.com/guanxi-crm/guanxi/tenant"
)

// madeUpCustomers is a file of n different customers as Chinese firms keep them.
func madeUpCustomers(n int) string {
	random := rand.New(rand.NewPCG(1, 2))
	places, trades := strings.Fields("北京 上海 广州 深圳 杭州 南京 成都 武汉 西安 苏州"), strings.Fields("网络科技 信息技术 电子商务 医疗器械 新材料 智能装备 物流 软件")
	syllables := []rune("云帆远见青禾蓝鲸星河磐石北斗聚力恒远睿思博盛鼎新华筑和鸣朗月新叶飞鸟天衢海拓金桥")
	var b strings.Builder
	b.WriteString("客户名称,联系人,手机,邮箱,城市,来源,年营收,创建时间,标签,备注\n")
	for i := range n {
		word := string(syllables[random.IntN(len(syllables))]) + string(syllables[random.IntN(len(syllables))]) + string(syllables[random.IntN(len(syllables))])
		place, trade := places[random.IntN(len(places))], trades[random.IntN(len(trades))]
		fmt.Fprintf(&b, "%s%s%s有限公司,王%s,138%08d,user%d@example.com,%s,展会,%d.50,2024-03-%02d,展会;华东,第%d位\n",
			place, word, trade, word[:3], i, i, place, random.IntN(1_000_000), 1+random.IntN(28), i)
	}
	return b.String()
}

// BenchmarkImport compares an import with the plainest way to put the same rows into the same tables: multi-row
// INSERTs of values that are ready, 500 customers a transaction.
func BenchmarkImport(b *testing.B) {
	const rows = 10_000
	text := madeUpCustomers(rows)
	for b.Loop() {
		b.StopTimer()
		w := importers(newWorld(b))
		imp := w.rep.upload(b, "customers.csv", text)
		w.rep.mapped(b, imp.ID, crm.ImportPatch{Options: patch.Of(crm.ImportOptions{})})
		must[crm.Import](b)(w.rep.tryStart(b, imp.ID))
		b.StartTimer()
		started := time.Now()
		w.rep.work(b, imp.ID)
		took := time.Since(started)
		b.StopTimer()
		if imp = w.rep.imported(b, imp.ID); imp.Created != rows {
			b.Fatalf("%+v", imp)
		}
		raw := func(tables ...string) time.Duration { return copyTables(b, w, tables...) }
		alone := raw("customers")
		all := raw("search_grams", "record_tags", "lifecycle_history", "changes", "import_rows") + alone
		b.ReportMetric(rows/took.Seconds(), "rows/s")
		b.ReportMetric(rows/all.Seconds(), "raw-rows/s")
		b.ReportMetric(rows/alone.Seconds(), "raw-customers-only-rows/s")
		b.ReportMetric(all.Seconds()/took.Seconds(), "of-raw")
		b.StartTimer()
	}
}

// copyTables writes all rows of acme's tables into globex's and returns how long the writing took.
func copyTables(b *testing.B, w *world, tables ...string) (took time.Duration) {
	b.Helper()
	db, err := sql.Open("mysql", w.DSN(b, "interpolateParams=true", "charset=utf8mb4"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, table := range tables {
		columns, rows := tableRows(b, w, table)
		share := max(1, len(rows)*500/10_000) // as many as belong to 500 customers
		for len(rows) > 0 {
			part := rows[:min(share, len(rows))]
			rows = rows[len(part):]
			started := time.Now()
			if err := insertPlainly(b.Context(), db, w.globex.Schema+"."+table, columns, part); err != nil {
				b.Fatal(err)
			}
			took += time.Since(started)
		}
	}
	return took
}

func tableRows(b *testing.B, w *world, table string) ([]string, [][]any) {
	b.Helper()
	var columns []string
	var all [][]any
	err := w.system(w.acme).tx(b, func(tx *tenant.Tx) error {
		if err := tx.Select(b.Context(), &columns, `SELECT column_name FROM information_schema.columns
			WHERE table_schema = ? AND table_name = ? AND extra NOT LIKE '%GENERATED%' ORDER BY ordinal_position`, w.acme.Schema, table); err != nil {
			return err
		}
		rows, err := tx.Rows(b.Context(), `SELECT `+strings.Join(columns, ", ")+` FROM company.`+table)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			values, err := rows.SliceScan()
			if err != nil {
				return err
			}
			all = append(all, values)
		}
		return rows.Err()
	})
	if err != nil {
		b.Fatal(err)
	}
	return columns, all
}

func insertPlainly(ctx context.Context, db *sql.DB, table string, columns []string, rows [][]any) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	row := "(?" + strings.Repeat(",?", len(columns)-1) + ")"
	for len(rows) > 0 {
		part := rows[:min(2000, len(rows))]
		rows = rows[len(part):]
		var args []any
		for _, r := range part {
			args = append(args, r...)
		}
		statement := "INSERT INTO " + table + " (" + strings.Join(columns, ",") + ") VALUES " + row + strings.Repeat(","+row, len(part)-1)
		if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
			return err
		}
	}
	return tx.Commit()
}
