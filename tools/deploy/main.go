// Command deploy checks the files of deploy/ with the parsers of Kustomize, Kubernetes and Compose,
// and fails on anything unknown to them. Its arguments are Kustomize folders and Compose files.
package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	strict "sigs.k8s.io/yaml"
)

// kinds are the kinds of objects that deploy/kustomize may contain.
var kinds = map[string]func() any{
	"v1 Service":                              func() any { return new(core.Service) },
	"apps/v1 Deployment":                      func() any { return new(apps.Deployment) },
	"autoscaling/v2 HorizontalPodAutoscaler":  func() any { return new(autoscaling.HorizontalPodAutoscaler) },
	"policy/v1 PodDisruptionBudget":           func() any { return new(policy.PodDisruptionBudget) },
	"networking.k8s.io/v1 NetworkPolicy":      func() any { return new(networking.NetworkPolicy) },
	"monitoring.coreos.com/v1 ServiceMonitor": func() any { return new(monitoring.ServiceMonitor) },
	"monitoring.coreos.com/v1 PrometheusRule": func() any { return new(monitoring.PrometheusRule) },
}

func main() {
	for _, path := range os.Args[1:] {
		check := compose
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			check = objects
		}
		if err := check(path); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
			os.Exit(1)
		}
	}
}

// objects builds a Kustomize folder and decodes each object strictly.
func objects(dir string) error {
	built, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		return err
	}
	text, err := built.AsYaml()
	if err != nil {
		return err
	}
	documents := yaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for n := 0; ; n++ {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) && n > 0 {
			return nil
		}
		if err != nil {
			return err
		}
		var meta struct{ APIVersion, Kind string }
		if err := strict.Unmarshal(document, &meta); err != nil {
			return err
		}
		name := meta.APIVersion + " " + meta.Kind
		if kinds[name] == nil {
			return fmt.Errorf("unknown kind %q", name)
		}
		if err := strict.UnmarshalStrict(document, kinds[name]()); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Println("valid:", name)
	}
}

// compose loads a Compose project, and checks that its bind mounts exist.
func compose(file string) error {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithEnv(nil), cli.WithResolvedPaths(true))
	if err != nil {
		return err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return err
	}
	for _, service := range project.Services {
		for _, v := range service.Volumes {
			if _, err := os.Stat(v.Source); v.Type == "bind" && err != nil {
				return fmt.Errorf("%s: %w", service.Name, err)
			}
		}
	}
	fmt.Println("valid: services", project.ServiceNames())
	return nil
}
