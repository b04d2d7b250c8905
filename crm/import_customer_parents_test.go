package crm_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/guanxi-crm/guanxi/crm"
	"github.com/guanxi-crm/guanxi/patch"
)

func TestParentsAreImported(t *testing.T) {
	w := importers(newWorld(t))
	old := w.rep.customer(t, "远航集团")
	w.rep.customer(t, "Twin Ltd")
	w.rep.customer(t, "Twin (Ltd)")
	w.rep2.customer(t, "别人的")
	text := "客户名称,上级公司,国家,省/州,邮编\n" +
		"云帆集团,,中国,上海市,200120\n" +
		"云帆科技,云帆集团,usa,CA,94016\n" +
		"远航物流,远航集团有限公司,,,\n" +
		"早了,迟到集团,,,\n" +
		"迟到集团,,,,\n" +
		"甲,别人的,,,\n" +
		"乙,Twin,,,\n" +
		"丙,,火星,,\n" +
		"丁,丁,,,\n"
	imp := w.rep.run(t, "a.csv", text, crm.ImportOptions{})
	if diff := cmp.Diff([]string{
		"2:created", "3:created", "4:created", "5:rejected:unknown_customer", "6:created", "7:rejected:unknown_customer", "8:rejected:several_customers",
		"9:rejected:bad_country", "10:rejected:unknown_customer",
	}, w.rep.outcomes(t, imp)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	named := func(name string) crm.Customer {
		return w.rep.list(t, crm.ListQuery{Filter: `name = "` + name + `"`}).Data[0]
	}
	group, part := named("云帆集团"), named("云帆科技")
	if part.ParentID != group.ID || group.Country != "CN" || group.PostalCode != "200120" || part.Country != "US" || part.Region != "CA" || named("远航物流").ParentID != old.ID {
		t.Errorf("%+v, %+v", group, part)
	}

	// The parents are in the file that is taken out, by their names.
	var lines []string
	for line := range strings.Lines(w.rep.export(t, crm.Export{Format: crm.FormatCSV, Filter: "parent:*"})) {
		cells := strings.Split(line, ",")
		lines = append(lines, strings.TrimPrefix(cells[0], "\uFEFF")+" "+cells[11])
	}
	slices.Sort(lines)
	if diff := cmp.Diff([]string{"Name Parent company", "云帆科技 云帆集团", "远航物流 远航集团"}, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	// No circle is closed, not even by two rows of which each alone would be right.
	change := w.rep.run(t, "b.csv", "客户名称,上级公司\n云帆集团,云帆科技\n远航集团,云帆科技\n云帆集团,远航物流\n云帆科技,远航集团\n云帆科技,迟到集团\n",
		crm.ImportOptions{Mode: crm.ModeUpdate, Key: "name"})
	if diff := cmp.Diff([]string{"2:rejected:circular", "3:updated", "4:rejected:circular", "5:rejected:circular", "6:updated"}, w.rep.outcomes(t, change)); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	w.rep.wantParent(t, old.ID, part.ID)
	w.rep.wantParent(t, part.ID, named("迟到集团").ID)

	// Undone, a customer goes back under its former parent unless that stands below it by now.
	w.rep.update(t, group.ID, crm.CustomerPatch{ParentID: patch.Of(part.ID)})
	w.rep.undo(t, change.ID)
	w.rep.wantParent(t, old.ID, crm.CustomerID{})
	w.rep.wantParent(t, part.ID, named("迟到集团").ID)
}
