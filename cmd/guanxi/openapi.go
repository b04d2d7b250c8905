package main

import (
	"encoding/json"
	"os"

	"github.com/guanxi-crm/guanxi/api"
)

type openAPICommand struct{}

// Run prints the document; it needs no database, because routes are known without one.
func (openAPICommand) Run() error {
	server := api.New(api.Config{PublicURL: "http://localhost:8080", Version: version})
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(server.OpenAPI())
}
