package plugins

import (
	"encoding/json"
	"fmt"

	"github.com/guanxi-crm/guanxi/tenant"
)

// bot returns the connector of a vendor whose messages people read.
func (cs Connectors) bot(vendor string) (Connector, error) {
	c, err := cs.Get(vendor)
	if err == nil && c.Describe().Carries != Messages {
		return nil, fmt.Errorf("%w %q", ErrUnknownConnector, vendor)
	}
	return c, err
}

// bots lists the vendors of bots in alphabetical order.
func (cs Connectors) bots() []string {
	var kinds []string
	for _, d := range cs.Catalogue() {
		kinds = append(kinds, d.Kind)
	}
	return kinds
}

// Catalogue describes the bots that can be connected, in alphabetical order.
func (cs Connectors) Catalogue() []Description {
	var all []Description
	for _, kind := range cs.Kinds() {
		if d := cs[kind].Describe(); d.Carries == Messages {
			all = append(all, d)
		}
	}
	return all
}

// open decrypts the settings and sets what may be shown of them.
func (i *Install) open(q *tenant.Query, connectors Connectors) (map[string]any, error) {
	plain, err := q.Open(settingsPurpose(i.ID), i.Sealed)
	if err != nil {
		return nil, fmt.Errorf("plugin %s: settings: %w", i.ID, err)
	}
	settings := map[string]any{}
	if err := json.Unmarshal(plain, &settings); err != nil {
		return nil, fmt.Errorf("plugin %s: settings: %w", i.ID, err)
	}
	return settings, i.show(plain, connectors)
}

// seal encrypts the settings and sets what may be shown of them.
func (i *Install) seal(tx *tenant.Tx, settings map[string]any, connectors Connectors) error {
	plain, err := json.Marshal(settings)
	if err != nil {
		return err
	}
	if i.Sealed, err = tx.Seal(settingsPurpose(i.ID), plain); err != nil {
		return err
	}
	return i.show(plain, connectors)
}

// show masks the secrets; of a vendor that this installation no longer has, everything.
func (i *Install) show(plain json.RawMessage, connectors Connectors) (err error) {
	description := Description{Kind: i.Vendor}
	if c, ok := connectors[i.Vendor]; ok {
		description = c.Describe()
	}
	i.Settings, err = description.Redact(plain)
	return err
}

// merge applies a merge patch, one level deep in objects: null removes.
func merge(into, change map[string]any) {
	for name, value := range change {
		nested, isObject := value.(map[string]any)
		current, wasObject := into[name].(map[string]any)
		switch {
		case value == nil:
			delete(into, name)
		case isObject && wasObject:
			merge(current, nested)
		default:
			into[name] = value
		}
	}
}

func settingsPurpose(id InstallID) string { return "plugin/" + id.String() }
