package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jmoiron/sqlx"
)

// measureImport compares an import (encodings, checks, duplicates, search index, change log) with LOAD DATA
// of the same file into a bare table.
func (w *world) measureImport(ctx context.Context, o options) error {
	a, err := w.signUp(ctx, "importer")
	if err != nil {
		return err
	}
	stop, err := w.work(ctx)
	if err != nil {
		return err
	}
	defer stop()
	file := csvFile(o.Rows)
	ours, err := w.importFile(ctx, a, file, o.Rows)
	if err != nil {
		return err
	}
	peer, err := w.loadData(ctx, a, file)
	if err != nil {
		return err
	}
	rate := func(d time.Duration) float64 { return float64(o.Rows) / d.Seconds() }
	fmt.Printf("%d rows  LOAD DATA %.0f rows/s   guanxi %.0f rows/s   ratio %.3f\n", o.Rows, rate(peer), rate(ours), rate(ours)/rate(peer))
	return nil
}

func csvFile(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("name,contact,phone,email,source,industry\n")
	for i := range rows {
		fmt.Fprintf(&b, "Imported company %d,Contact %d,+8613%09d,person%d@imported%d.example,fair,software\n", i, i, i, i, i)
	}
	return b.Bytes()
}

// importFile uploads, maps as suggested, runs, and returns how long the run took.
func (w *world) importFile(ctx context.Context, a account, file []byte, rows int) (time.Duration, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "bench.csv")
	if err != nil {
		return 0, err
	}
	if _, err := part.Write(file); err != nil {
		return 0, err
	}
	if err := form.Close(); err != nil {
		return 0, err
	}
	var imported struct {
		ID      string `json:"id"`
		Status  string `json:"status"`
		Created int    `json:"created"`
	}
	if err := w.call(ctx, a.token, http.MethodPost, "/v1/imports", form.FormDataContentType(), body.Bytes(), &imported); err != nil {
		return 0, err
	}
	path := "/v1/imports/" + imported.ID
	began := time.Now()
	if err := w.call(ctx, a.token, http.MethodPost, path+"/run", "application/json", []byte(`{}`), nil); err != nil {
		return 0, err
	}
	for {
		if err := w.call(ctx, a.token, http.MethodGet, path, "application/json", nil, &imported); err != nil {
			return 0, err
		}
		switch imported.Status {
		case "finished":
			if imported.Created != rows {
				return 0, fmt.Errorf("%d of %d rows were created", imported.Created, rows)
			}
			return time.Since(began), nil
		case "failed", "cancelled":
			return 0, errors.New("import " + imported.Status)
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// loadData loads the file into a table without any index but its key.
func (w *world) loadData(ctx context.Context, a account, file []byte) (time.Duration, error) {
	cfg, err := mysql.ParseDSN(w.cfg.DSN)
	if err != nil {
		return 0, err
	}
	cfg.DBName = a.company.Schema
	db, err := sqlx.Open("mysql", cfg.FormatDSN())
	if err != nil {
		return 0, err
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(ctx, `CREATE TABLE bare_import (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(200), contact VARCHAR(200),
		phone VARCHAR(20), email VARCHAR(254), source VARCHAR(64), industry VARCHAR(100))`); err != nil {
		return 0, err
	}
	mysql.RegisterReaderHandler("bench", func() io.Reader { return bytes.NewReader(file) })
	defer mysql.DeregisterReaderHandler("bench")
	began := time.Now()
	_, err = db.ExecContext(ctx, strings.Join([]string{
		`LOAD DATA LOCAL INFILE 'Reader::bench' INTO TABLE bare_import`, `FIELDS TERMINATED BY ',' IGNORE 1 LINES`,
		`(name, contact, phone, email, source, industry)`,
	}, " "))
	return time.Since(began), err
}
