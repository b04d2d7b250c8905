package crm_test

import (
	"strings"
	"testing"

	"github.com/guanxi-crm/guanxi/crm"
)

// An exported file is imported again as it is: each of its headings means the field that it stands over, in both languages.
func TestHeadingsMeanTheirFields(t *testing.T) {
	w := importers(newWorld(t))
	for resource, fields := range crm.ImportHeadings() {
		for language := 1; language <= 2; language++ {
			var headings []string
			for _, f := range fields {
				headings = append(headings, f[language])
			}
			imp := must[crm.Import](t)(w.rep.tryUploadAs(t, resource, "a.csv", strings.Join(headings, ",")+"\nx"+strings.Repeat(",", len(fields)-1)+"\n"))
			for i, f := range fields {
				want := crm.ColumnMapping{Column: imp.Columns[i].Key, Field: f[0], Sure: true}
				if i >= len(imp.Suggested) || imp.Suggested[i] != want {
					t.Errorf("%s: %s is not taken for %s: %+v", resource, f[language], f[0], imp.Suggested)
					break
				}
			}
		}
	}
}
