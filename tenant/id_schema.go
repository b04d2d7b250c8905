package tenant

import "github.com/danielgtaylor/huma/v2"

// Schema implements huma.SchemaProvider, so that the documentation knows the form of ids and a malformed
// one is refused by the name of its field. A field that may hold none is tagged nullable:"true".
func (id ID[K]) Schema(huma.Registry) *huma.Schema {
	var k K
	return &huma.Schema{
		Type: huma.TypeString, Pattern: "^" + k.Prefix() + "_[0-7][0-9a-hjkmnp-tv-z]{25}$",
		Examples: []any{k.Prefix() + "_01h455vb4pex5vsknk084sn02q"},
	}
}
