# The flat app: what the stack keeps in the engine, written with the docker provider alone. It is the floor of every plan
# and apply. The bench creates its database and its site beforehand.

terraform {
  required_providers {
    docker = {
      source  = "kreuzwerker/docker"
      version = "4.5.0"
    }
  }
}

variable "host" {}
variable "ssh_opts" { type = list(string) }
variable "image" {}
variable "name" {}
variable "labels" { type = map(string) }
variable "networks" { type = list(string) }
variable "data" {}
variable "password" { sensitive = true }
variable "value" { default = "first" }

provider "docker" {
  host     = var.host
  ssh_opts = var.ssh_opts
}

data "docker_network" "each" {
  for_each = toset(var.networks)
  name     = each.key
}

resource "docker_image" "nocodb" {
  name         = var.image
  keep_locally = true
}

resource "docker_container" "nocodb" {
  name                  = var.name
  image                 = docker_image.nocodb.image_id
  restart               = "unless-stopped"
  memory                = 256
  memory_swap           = 256
  memory_reservation    = 128
  cpus                  = "0.5"
  security_opts         = ["no-new-privileges:true"]
  log_driver            = "json-file"
  log_opts              = { "max-file" = "3", "max-size" = "10m" }
  destroy_grace_seconds = 10
  wait                  = true
  wait_timeout          = 180
  env = [
    "NC_DB=pg://postgresql:5432?u=flat&p=${var.password}&d=flat",
    "NC_TOOL_DIR=/data", "NC_DISABLE_TELE=true", "NODE_OPTIONS=--max-old-space-size=192", "BENCH=${var.value}",
  ]
  capabilities {
    add  = ["CAP_CHOWN", "CAP_SETGID", "CAP_SETUID", "CAP_DAC_OVERRIDE", "CAP_FOWNER"]
    drop = ["ALL"]
  }
  healthcheck {
    test     = ["CMD-SHELL", "wget -qO- http://127.0.0.1:8080/api/v1/health || exit 1"]
    interval = "5s"
    timeout  = "10s"
    retries  = 12
  }
  volumes {
    host_path      = var.data
    container_path = "/data"
  }
  dynamic "networks_advanced" {
    for_each = data.docker_network.each
    content {
      name    = networks_advanced.value.name
      aliases = ["flat"]
    }
  }
  dynamic "labels" {
    for_each = var.labels
    content {
      label = labels.key
      value = labels.value
    }
  }
}
