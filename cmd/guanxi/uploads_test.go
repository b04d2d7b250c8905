package main

import (
	"net/http"
	"slices"
	"testing"

	"github.com/guanxi-crm/guanxi/tenant/filestest"
)

// uploadCut kills the server when the bytes of a file have arrived in the bucket and nothing else knows of them. Nobody
// sees such a file, it takes up no room, and the daily round removes it.
func (o *ordeal) uploadCut(t *testing.T) {
	bucket := filestest.Start(t)
	with := *o.installation
	with.settings = append(slices.Clone(o.settings), "GUANXI_BLOB_URL="+bucket.Address)
	server, site := with.serve(t)
	with.site = site
	c := with.signUp(t, "cut")
	customer := c.post(t, c.admin, "/v1/customers", object{"name": "Acme"}).want(t, http.StatusCreated).text(t, "id")
	files := "/v1/attachments?record_id=" + customer
	whole, err := c.sendFile(t, c.admin, files, "whole.txt", []byte("whole"))
	if err != nil {
		t.Fatal(err)
	}
	whole.want(t, http.StatusCreated)
	killed := make(chan struct{})
	bucket.Before(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut {
			server.kill(t)
			close(killed)
		}
		return false
	})
	if _, err := c.sendFile(t, c.admin, files, "cut.txt", []byte("cut")); err == nil {
		t.Fatal("a killed server has answered")
	}
	<-killed
	bucket.Before(nil)
	eventually(t, "the bytes are in the bucket", patience, func() bool { return len(bucket.Keys()) == 2 })
	_, with.site = with.serve(t)
	c = &tenancy{installation: &with, id: c.id, schema: c.schema, admin: c.admin}
	c.get(t, c.admin, files+"&count=true").want(t, http.StatusOK, `"total":1`, "whole.txt")
	var used int
	if err := c.db.Get(&used, `SELECT used FROM `+c.schema+`.usage_counts WHERE quota = 'storage_bytes'`); err != nil || used != len("whole") {
		t.Errorf("%d bytes used, %v", used, err)
	}
	// The next day comes.
	c.exec(t, `UPDATE `+c.schema+`.attachments SET created_at = created_at - INTERVAL 25 HOUR`)
	c.exec(t, `UPDATE `+c.prefix+`_cluster.due SET due_at = due_at - INTERVAL 1 DAY WHERE kind = 'housekeeping' AND company_id = ?`, c.id)
	with.work(t, "maintenance")
	eventually(t, "only the whole file is left", patience, func() bool { return len(bucket.Keys()) == 1 })
	c.get(t, c.admin, "/v1/attachments/"+whole.text(t, "id")+"/content").want(t, http.StatusOK, "whole")
}
