"""The facility as other tools read it: Ansible, pyinfra, ReFrame and Slurm."""
