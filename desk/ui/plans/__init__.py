"""Customer plans on screen: the tree, the panel, the window Plano/Serviço, the change card."""
